"""What drives a network: its task's input, or a surrogate that keeps some of its properties and destroys others.

The study's `noise` condition differs from the task's input in mean, variance, time course and trial structure at once.
The series in between says which of them matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from dynashape.errors import InputError, unknown_name
from dynashape.records import Array
from dynashape.tasks.noise import gaussian_noise

INPUT_CONDITION_DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "task": "The task's own input, unchanged.",
        "gaussian": "Independent Gaussian noise, the same standard deviation in every channel and step.",
        "variance_matched": "Independent Gaussian noise about zero, with the variance of each channel of the task.",
        "phase_randomised": "Mean and power spectrum of each channel in each trial kept, its time course made random.",
        "trial_shuffled": "Each channel taken from another trial: time courses kept, what belongs together parted.",
        "zero": "No input at all.",
    }
)
"""What drives a network in each input condition, in a sentence."""
INPUT_CONDITIONS: tuple[str, ...] = tuple(INPUT_CONDITION_DESCRIPTIONS)
"""The input conditions by name: the task's own input, and what can stand in its place."""


def drive(
    kind: str, inputs: Float[Array, "trials steps channels"], rng: np.random.Generator, sd: float = 1.0
) -> Float[Array, "trials steps channels"]:
    """The input of one condition, made from a batch of the task's input; a new float32 array of the same shape.

    - `task`: a copy.
    - `gaussian`: independent in every trial, step and channel, mean 0, standard deviation `sd` a step (not scaled by
      the time step). The published study's noise.
    - `variance_matched`: as `gaussian`, but each channel has the variance that it has over all trials and steps. The
      mean stays 0, so that against `gaussian` only the variance changes; a constant channel stays silent.
    - `phase_randomised`: in every trial and channel apart, the Fourier phases are drawn anew. The mean over time and
      the power spectrum stay exactly; the time course, and what channels share, go.
    - `trial_shuffled`: every channel's trials are permuted, each channel by itself. The time course and the
      distribution over trials of every channel stay exactly; what belongs together in a trial (context and evidence,
      one shape and the next) goes. Steps are not shuffled.
    - `zero`: zeros.

    `sd` is used by `gaussian` alone. InputError for an unknown kind, a negative `sd` or inputs that are not finite.

    >>> x = np.ones((2, 3, 1), dtype=np.float32)
    >>> drive("zero", x, np.random.default_rng(0)).tolist()
    [[[0.0], [0.0], [0.0]], [[0.0], [0.0], [0.0]]]
    """
    if kind not in INPUT_CONDITIONS:
        raise InputError(unknown_name("input condition", kind, INPUT_CONDITIONS))
    if not (np.isfinite(sd) and sd >= 0):
        raise InputError(f"sd of input condition {kind!r} must be a standard deviation of at least 0; got {sd}.")
    if not np.isfinite(inputs).all():
        raise InputError(
            f"inputs of input condition {kind!r} must be finite; got NaN or infinity; check the task that sampled them."
        )
    if kind == "task":
        return inputs.astype(np.float32)
    if kind == "gaussian":
        noise = gaussian_noise(inputs.shape, rng)
        noise *= np.float32(sd)
        return noise
    if kind == "variance_matched":
        noise = gaussian_noise(inputs.shape, rng)
        noise *= np.std(inputs, axis=(0, 1), dtype=np.float64).astype(np.float32)
        return noise
    if kind == "phase_randomised":
        return _randomise_phases(inputs, rng)
    if kind == "trial_shuffled":
        order = rng.random((inputs.shape[0], inputs.shape[2])).argsort(axis=0)
        return np.asarray(np.take_along_axis(inputs, order[:, None, :], axis=0), dtype=np.float32)
    return np.zeros(inputs.shape, dtype=np.float32)


def _randomise_phases(
    inputs: Float[Array, "trials steps channels"], rng: np.random.Generator
) -> Float[Array, "trials steps channels"]:
    n_trials, n_steps, n_channels = inputs.shape
    spectrum = np.fft.rfft(inputs, axis=1)
    turn = np.exp(2j * np.pi * rng.random((n_trials, spectrum.shape[1], n_channels)))
    turn[:, 0] = 1  # the mean over time
    if n_steps % 2 == 0:
        # A real signal's highest frequency has no phase, only a sign; irfft would drop the imaginary part, and power.
        turn[:, -1] = rng.choice([-1.0, 1.0], size=(n_trials, n_channels))
    surrogate = np.fft.irfft(spectrum * turn, n=n_steps, axis=1)
    return np.asarray(surrogate, dtype=np.float32)
