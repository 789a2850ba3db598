"""Recordings of latent linear systems: damped rotations seen through noisy units."""

from __future__ import annotations

import numpy as np


def rotations(seed: int, shift: float = 0.0) -> np.ndarray:
    """Three damped rotations, mixed; `shift` is added to the frequency of each."""
    rng = np.random.default_rng(seed)
    step = np.zeros((6, 6))
    for k in range(3):
        frequency, damping = rng.uniform(0.1, 1.0) + shift, rng.uniform(0.85, 0.98)
        c, s = np.cos(frequency), np.sin(frequency)
        step[2 * k : 2 * k + 2, 2 * k : 2 * k + 2] = damping * np.array([[c, -s], [s, c]])
    mix = np.eye(6) + 0.3 * rng.normal(size=(6, 6))
    return mix @ step @ np.linalg.inv(mix)


def record(
    step: np.ndarray, rng: np.random.Generator, n_trials: int = 20, n_steps: int = 50, n_units: int = 30, noise=0.3
) -> np.ndarray:
    """Activity (trials, steps, units) of a latent system seen through units that `rng` draws first."""
    readout = rng.normal(size=(len(step), n_units))
    return observe(step, readout, rng, n_trials, n_steps, noise)


def observe(step, readout, rng, n_trials: int = 20, n_steps: int = 50, noise: float = 0.3) -> np.ndarray:
    """Activity of a latent system seen through these units, with noise in parts of the standard deviation."""
    x = rng.normal(size=(n_trials, len(step)))
    states = []
    for _ in range(n_steps):
        states.append(x)
        x = x @ step.T + 0.3 * rng.normal(size=x.shape)
    seen = np.stack(states, axis=1) @ readout
    return seen + noise * seen.std() * rng.normal(size=seen.shape)
