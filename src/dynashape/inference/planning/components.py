"""The variances behind a comparison, estimated from a measured one, and comparisons drawn with given ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from dynashape.errors import InputError
from dynashape.inference.comparison.permanova import TERMS, Contrasts
from dynashape.records import Array, Term


@dataclass(frozen=True)
class Components:
    """The variances that make up the spread of the systems of a comparison, in any common unit.

    Attributes
    ----------
    task, condition, interaction : float
        Variances due to the three terms.
    network : float
        Variance between the networks of one task, whatever the condition.
    residual : float
        Variance between the conditions of a network, beyond the effect that all networks share.
    n_dimensions : int
        Number of dimensions that the two kinds of noise fill.

    Raises
    ------
    InputError
        Where a variance is negative, all are zero, or there are no dimensions.
    """

    task: float
    condition: float
    interaction: float
    network: float
    residual: float
    n_dimensions: int = 10

    def __post_init__(self) -> None:
        """Refuse negative variances and a space without room for the effects."""
        if min(self.task, self.condition, self.interaction, self.network, self.residual) < 0 or self.total <= 0:
            raise InputError(f"variance components must not be negative and not all zero; got {self}.")
        if self.n_dimensions < 1:
            raise InputError(f"n_dimensions must be at least 1; got {self.n_dimensions}.")

    @property
    def total(self) -> float:
        """Sum of the components: the variance of a system."""
        return self.task + self.condition + self.interaction + self.network + self.residual

    @property
    def shares(self) -> dict[Term, float]:
        """True shares of task, condition and interaction: what omega-squared estimates."""
        return {term: self.of(term) / self.total for term in TERMS}

    def of(self, term: Term) -> float:
        """The variance due to a term."""
        return float(getattr(self, term))


def draw_contrasts(components: Components, n_seeds: int, rng: np.random.Generator) -> Contrasts:
    """The contrasts of one synthetic comparison of 2 x `n_seeds` networks in two conditions.

    Systems are Gaussian points in `n_dimensions`; each effect is a shift in a random direction of its own.

    >>> draw_contrasts(Components(1.0, 1.0, 0.0, 1.0, 1.0), 5, np.random.default_rng(0)).n_networks
    10
    """
    points, tasks = draw_points(components, n_seeds, rng)
    centred = points - points.mean(axis=0)
    first, second = centred[: len(tasks)], centred[len(tasks) :]
    sums, differences = (first + second) / np.sqrt(2.0), (first - second) / np.sqrt(2.0)
    return Contrasts(sums @ sums.T, differences @ differences.T, tasks)


def draw_points(
    components: Components, n_seeds: int, rng: np.random.Generator
) -> tuple[Float[Array, "systems dimensions"], Array]:
    """Points of one synthetic comparison, all networks in the first condition and then in the second, and their tasks.

    >>> draw_points(Components(1.0, 1.0, 0.0, 1.0, 1.0), 5, np.random.default_rng(0))[0].shape
    (20, 10)
    """
    n_dimensions = components.n_dimensions
    tasks = np.arange(2 * n_seeds) >= n_seeds
    sign = np.where(tasks, 1.0, -1.0)[:, None]
    # Orthogonal directions where the space has room, so that the shares are exactly those of the components.
    frame, _ = np.linalg.qr(rng.normal(size=(max(n_dimensions, 3), 3)))
    frame = frame[:n_dimensions] / np.linalg.norm(frame[:n_dimensions], axis=0)
    task, condition, interaction = frame.T * np.sqrt(
        [[components.task], [components.condition], [components.interaction]]
    )
    scale = np.sqrt(np.array([components.network, components.residual]) / n_dimensions)
    network = scale[0] * rng.normal(size=(2 * n_seeds, n_dimensions))
    halves = [
        sign * task
        + side * condition
        + side * sign * interaction
        + network
        + scale[1] * rng.normal(size=(2 * n_seeds, n_dimensions))
        for side in (-1.0, 1.0)
    ]
    return np.vstack(halves), tasks


def estimate_components(contrasts: Contrasts) -> Components:
    """The components of a measured comparison: bias-corrected variances (negative ones set to 0) and its dimensions.

    The dimensions are the participation ratio tr(S)^2 / tr(S^2) of the within-network covariance S, freed of the bias
    that few networks give it (Gaussian moments of tr and tr^2). Raises InputError where a comparison has no spread.

    >>> rng = np.random.default_rng(0)
    >>> found = estimate_components(draw_contrasts(Components(4.0, 1.0, 0.0, 1.0, 1.0, n_dimensions=10), 200, rng))
    >>> round(found.task, 1), found.n_dimensions
    (4.0, 10)
    """
    n_networks, tasks = contrasts.n_networks, contrasts.tasks
    member = np.stack([tasks, ~tasks], axis=1).astype(np.float64)
    averaging = member / member.sum(axis=0) @ member.T
    centring = np.eye(n_networks) - averaging
    degrees = n_networks - 2
    mean = np.full((n_networks, n_networks), 1.0 / n_networks)
    within = centring @ contrasts.differences @ centring
    residual = float(np.trace(within)) / degrees
    between = float(np.trace(centring @ contrasts.sums)) / degrees
    n_systems = 2 * n_networks

    def corrected(gram: Array, projector: Array, error: float) -> float:
        return max((float(np.trace(projector @ gram)) - error) / n_systems, 0.0)

    return Components(
        task=corrected(contrasts.sums, averaging - mean, between),
        condition=corrected(contrasts.differences, mean, residual),
        interaction=corrected(contrasts.differences, averaging - mean, residual),
        network=max(0.5 * (between - residual), 0.0),
        residual=max(residual, 0.0),
        n_dimensions=_participation(within, degrees),
    )


def _participation(gram: Float[Array, "n n"], degrees: int) -> int:
    trace, square = float(np.trace(gram)), float(np.square(gram).sum())
    if degrees < 2 or trace <= 0:
        return 1
    second = (degrees * square - trace**2) / (degrees * (degrees + 2) * (degrees - 1))
    first = (trace**2 - 2 * degrees * second) / degrees**2
    return int(np.clip(round(first / max(second, 1e-12 * trace**2)), 1, 100))
