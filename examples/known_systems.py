"""Systems whose relation is known, rebuilt after publications: what should be near, and what should be far.

Each function gives the activities, trials x steps x units, with a label each; systems of one label should be near.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.integrate import solve_ivp

Labelled = tuple[list[np.ndarray], np.ndarray]
Flow = Callable[[np.ndarray], np.ndarray]


def latent(seed: int, n_units: int, noise: float | tuple[float, ...], *, near: bool = False) -> Labelled:
    """Four latent systems of six dimensions, each seen through three random readouts.

    They differ in all frequencies, dampings and their basis; or, `near`, by .1 rad a step in one frequency. Observation
    noise is in standard deviations of the signal, one for all readouts or one for each.
    """
    rng = np.random.default_rng(seed)
    base = random_latent(rng)
    out, labels = [], []
    for system in range(4):
        if near:
            matrix = latent_matrix(base[0] + np.array([0.1 * system, 0, 0]), base[1], base[2])
        else:
            matrix = latent_matrix(*random_latent(rng))
        for readout in range(3):
            x = [rng.normal(size=(50, 6))]
            for _ in range(49):
                x.append(x[-1] @ matrix.T + 0.3 * rng.normal(size=(50, 6)))
            seen = np.stack(x, axis=1) @ rng.normal(size=(6, n_units))
            sd = noise[readout] if isinstance(noise, tuple) else noise
            out.append(seen + sd * seen.std() * rng.normal(size=seen.shape))
            labels.append(system)
    return out, np.array(labels)


def random_latent(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return rng.uniform(0.15, 1.2, 3), rng.uniform(0.85, 0.97, 3), np.eye(6) + 0.3 * rng.normal(size=(6, 6))


def latent_matrix(frequencies: np.ndarray, sizes: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Three damped rotations in a basis that is not orthogonal."""
    blocks = np.zeros((6, 6))
    for k, (frequency, size) in enumerate(zip(frequencies, sizes, strict=True)):
        c, s = size * np.cos(frequency), size * np.sin(frequency)
        blocks[2 * k : 2 * k + 2, 2 * k : 2 * k + 2] = [[c, -s], [s, c]]
    return basis @ blocks @ np.linalg.inv(basis)


def lorenz(n_each: int = 20, seed: int = 2025) -> Labelled:
    """Clips of the Lorenz system in five regimes (KoopSTD, ICML 2025): 20 s each, standardised, in steps of 10 ms."""
    rng = np.random.default_rng(seed)
    out, labels = [], []
    for regime, rho in enumerate((10.0, 20.0, 152.0, 220.0, 75.0)):

        def flow(_: float, x: np.ndarray, rho: float = rho) -> list[float]:
            return [10 * (x[1] - x[0]), x[0] * (rho - x[2]) - x[1], x[0] * x[1] - 8 / 3 * x[2]]

        start = 300.0
        stop = start + 20.0 * n_each
        times = start + 0.01 * np.arange(2000 * n_each)
        found = solve_ivp(flow, (0, stop), rng.normal(size=3), t_eval=times, method="RK45")
        for clip in np.split(found.y.T, n_each):
            sd = clip.std(axis=0)
            out.append(((clip - clip.mean(axis=0)) / np.where(sd > 0, sd, 1))[None])
            labels.append(regime)
    return out, np.array(labels)


def attractors(n_each: int = 4, seed: int = 0) -> Labelled:
    """Bistable, line and point attractors with equal condition averages (Ostrow et al. 2023, figure 3)."""
    rng = np.random.default_rng(seed)
    turn = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)
    kinds: list[list[np.ndarray]] = [[], [], []]
    for _ in range(n_each):
        a, b, c = rng.uniform(-5, -4), rng.uniform(4, 5), rng.uniform(-4, -3)

        def flow(x: np.ndarray, a: float = a, b: float = b, c: float = c) -> np.ndarray:
            return np.stack([a * x[:, 0] ** 3 + b * x[:, 0], c * x[:, 1]], axis=1)

        driven = [_wander(flow, np.full((1000, 2), u), rng) for u in (0.1, -0.1)]
        kinds[0].append(np.concatenate(driven))
        for kind, sizes in (
            (1, (0.0, rng.uniform(-3, -2))),
            (2, (rng.uniform(-5, -4), rng.uniform(-9, -8))),
        ):
            matrix = turn @ np.diag(sizes) @ turn.T
            follow = []
            for trials in driven:
                mean = trials.mean(axis=0)
                drive = np.vstack([np.diff(mean, axis=0) / 0.01, np.zeros((1, 2))]) - mean @ matrix.T
                follow.append(_wander(lambda x, matrix=matrix: x @ matrix.T, drive, rng))
            kinds[kind].append(np.concatenate(follow))
    return [system[:, ::10] for kind in kinds for system in kind], np.repeat(np.arange(3), n_each)


def _wander(flow: Flow, drive: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    x = np.zeros((100, 2))
    steps = []
    for u in drive:
        steps.append(x)
        x = x + 0.01 * (flow(x) + u) + 0.05 * np.sqrt(0.01) * rng.normal(size=x.shape)
    return np.stack(steps, axis=1)


def rings(seed: int = 0) -> Labelled:
    """A ring attractor through six nonlinearities, twice, and opened into a line (Ostrow et al. 2023, fig. 4)."""
    out, labels = [], []
    for label, share in enumerate((1.0, 0.8)):
        for repeat in range(2):
            angles = wander_on_ring(share, seed + repeat)
            for sharpness in (0.25, 0.5, 1.0, 2.0, 4.0, 8.0):
                out.append(seen_by_tuned(angles, sharpness))
                labels.append(label)
    return out, np.array(labels)


def wander_on_ring(share: float, seed: int) -> np.ndarray:
    """Angles, trials x steps, that drift and diffuse on this share of a circle."""
    rng = np.random.default_rng(seed)
    width = 2 * np.pi * share
    angle = rng.uniform(0, width, size=100)
    steps = []
    for _ in range(100):
        steps.append(angle)
        moved = angle + 0.15 + 0.2 * rng.normal(size=100)
        angle = moved % width if share == 1 else np.clip(moved, 0, width)
    return np.stack(steps, axis=1)


def seen_by_tuned(angles: np.ndarray, sharpness: float) -> np.ndarray:
    """Thirty units with von Mises tuning."""
    preferred = np.arange(30) * 2 * np.pi / 30
    return np.exp(sharpness * (np.cos(angles[..., None] - preferred) - 1))


def flip_flops(
    cells: tuple[str, ...] = ("tanh", "ReLU", "GRU", "LSTM"), n_seeds: int = 3, n_updates: int = 700, n_units: int = 48
) -> tuple[list[np.ndarray], list[str], list[bool]]:
    """Networks of four cells that hold three bits (Ostrow et al. 2023, figure 2), and the same before training.

    The activities, the cell of each, and whether it was trained. Pulses of 1 or -1 come at random and set their bit.
    """
    import torch

    def batch(n: int, n_steps: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        pulses = rng.choice([-1.0, 1.0], size=(n, n_steps, 3)) * (rng.random((n, n_steps, 3)) < 0.1)
        pulses[:, 0] = rng.choice([-1.0, 1.0], size=(n, 3))
        last = np.maximum.accumulate(np.where(pulses != 0, np.arange(n_steps)[None, :, None], 0), axis=1)
        return pulses, np.take_along_axis(pulses, last, axis=1)

    makers = {
        "tanh": lambda: torch.nn.RNN(3, n_units, batch_first=True),
        "ReLU": lambda: torch.nn.RNN(3, n_units, batch_first=True, nonlinearity="relu"),
        "GRU": lambda: torch.nn.GRU(3, n_units, batch_first=True),
        "LSTM": lambda: torch.nn.LSTM(3, n_units, batch_first=True),
    }
    out, of_cell, trained = [], [], []
    tested = torch.tensor(batch(60, 60, np.random.default_rng(99))[0], dtype=torch.float32)
    for cell in cells:
        for seed in range(n_seeds):
            torch.manual_seed(seed)
            rng = np.random.default_rng(seed)
            network, readout = makers[cell](), torch.nn.Linear(n_units, 3)
            if cell == "ReLU":
                with torch.no_grad():
                    network.weight_hh_l0.copy_(0.9 * torch.eye(n_units))
            parameters = [*network.parameters(), *readout.parameters()]
            optimiser = torch.optim.Adam(parameters, lr=2e-3)
            for after in (False, True):
                for _ in range(n_updates if after else 0):
                    pulses, bits = (torch.tensor(x, dtype=torch.float32) for x in batch(64, 40, rng))
                    loss = ((readout(network(pulses)[0]) - bits) ** 2).mean()
                    optimiser.zero_grad()
                    loss.backward()
                    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
                    optimiser.step()
                with torch.no_grad():
                    out.append(network(tested)[0].numpy()[:, 5:])
                of_cell.append(cell)
                trained.append(after)
    return out, of_cell, trained
