"""Intervals over seeds: the jackknife-t, which holds its level at five seeds where the bootstrap does not.

The bootstrap fails because a resample of five seeds holds only three or four different ones, so that its spread within
groups is too small.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy import stats

from dynashape.arguments import read_arguments
from dynashape.errors import InputError, unknown_name
from dynashape.inference.comparison.permanova import Contrasts, omega_squared
from dynashape.records import Array

LEVEL = 0.95
FEWEST_SEEDS = 3
"""Seeds that an interval over seeds takes, and so a verdict."""
# Shares are bias-corrected, so they can be a little below zero: the log odds are taken of share + 0.1.
_SHIFT = 0.1
# benchmarks/interval_coverage.py, 400 studies a setting: the mean over settings; single ones lie at 0.92 to 0.99.
MEASURED_COVERAGE: Mapping[str, Mapping[int, float]] = {
    "share": {3: 0.964, 4: 0.961, 5: 0.960, 7: 0.957, 10: 0.952, 20: 0.953},
    "difference": {3: 0.959, 4: 0.958, 5: 0.956, 7: 0.954, 10: 0.954, 20: 0.956},
}

# The same benchmark with five seeds and 800 studies a setting.
MEASURED_BIAS: Mapping[str, tuple[float, float]] = {"omega_squared": (0.000, 0.012), "share": (0.025, 0.072)}
"""Bias of omega-squared and of PERMANOVA's plain share at five seeds: mean over settings, and the largest size."""


@dataclass(frozen=True)
class Interval:
    """An estimate with its nominal 95 % interval from leaving out one seed at a time.

    Attributes
    ----------
    estimate, low, high : float
        The estimate and the ends of its interval.
    standard_error : float
        Jackknife standard error.
    p_value : float
        Two-sided, against zero; it agrees with the interval.
    n_seeds : int
        Number of seeds.
    coverage : float
        The share of such intervals that held the truth in simulated studies, see `measured_coverage`.
    """

    estimate: float
    low: float
    high: float
    standard_error: float
    p_value: float
    n_seeds: int
    coverage: float


def jackknife_interval(estimate: float, without: Float[Array, " seeds"], kind: str = "share") -> Interval | None:
    """The jackknife-t interval of an estimate, given its value without each of the seeds; None below three seeds.

    t with (seeds - 1) degrees of freedom times the jackknife standard error, on the log odds for a "share" and plainly
    for a "difference" of shares. Seeds are the units: all networks and conditions of one leave together, so shared
    initial weights and networks that occur in several comparisons do not make the interval too short. Raises
    InputError for another kind.

    >>> found = jackknife_interval(0.3, np.array([0.28, 0.31, 0.33, 0.27, 0.31]))
    >>> round(found.low, 2), round(found.high, 2)
    (0.19, 0.43)
    """
    if kind not in MEASURED_COVERAGE:
        raise InputError(f"kind must be 'share' or 'difference'; got {kind!r}.")
    n_seeds = len(without)
    if n_seeds < FEWEST_SEEDS or not np.isfinite(without).all():
        return None
    value, values = (_log_odds(np.array([estimate]))[0], _log_odds(without)) if kind == "share" else (estimate, without)
    error = float(np.sqrt((n_seeds - 1) / n_seeds * np.square(values - values.mean()).sum()))
    reach = float(stats.t.ppf(0.5 + 0.5 * LEVEL, n_seeds - 1)) * error
    low, high = float(value) - reach, float(value) + reach
    if kind == "share":
        low, high = (float(bound) for bound in _from_log_odds(np.array([low, high])))
    null = float(_log_odds(np.zeros(1))[0]) if kind == "share" else 0.0
    distance = abs(float(value) - null)
    p_value = 2.0 * float(stats.t.sf(distance / error, n_seeds - 1)) if error > 0 else float(distance == 0.0)
    plain = float(np.sqrt((n_seeds - 1) / n_seeds * np.square(without - without.mean()).sum()))
    # Clipping keeps round-off of the two transforms from excluding an estimate without any spread.
    return Interval(
        float(estimate),
        min(low, float(estimate)),
        max(high, float(estimate)),
        plain,
        p_value,
        n_seeds,
        measured_coverage(n_seeds, kind),
    )


def shares_without_seeds(
    contrasts: Contrasts, seeds: Int[Array, " networks"], names: Int[Array, " seeds"] | None = None
) -> Float[Array, "seeds terms"]:
    """Omega-squared of task, condition and interaction with each seed (of `names`) left out; NaN where too few remain.

    A name that no network has changes nothing, so that comparisons which lost different seeds can be combined.

    >>> flat = Contrasts(np.eye(6), np.eye(6), np.arange(6) >= 3)
    >>> shares_without_seeds(flat, np.array([0, 1, 2, 0, 1, 2])).shape
    (3, 3)
    """
    left = np.unique(seeds) if names is None else names
    weights = (seeds[None, :] != left[:, None]).astype(np.float64)
    return omega_squared(contrasts, weights)


@read_arguments(n_seeds=1)
def measured_coverage(n_seeds: int, kind: str = "share") -> float:
    """Tell which share of the nominal 95 % intervals held the truth in simulated studies.

    Parameters
    ----------
    n_seeds : int
        Number of seeds. The answer is that for the nearest number that was measured: 3, 4, 5, 7, 10 or 20.
    kind : {"share", "difference"}, default "share"
        Intervals of a share of the variance, or of a difference of two.

    Returns
    -------
    float

    Raises
    ------
    InputError
        For another kind, or a number of seeds below 1.

    Examples
    --------
    >>> 0.9 < measured_coverage(5) < 1.0
    True
    """
    if kind not in MEASURED_COVERAGE:
        raise InputError(unknown_name("kind of interval", kind, MEASURED_COVERAGE))
    table = MEASURED_COVERAGE[kind]
    return table[min(table, key=lambda known: (abs(known - n_seeds), known))]


def _log_odds(share: Float[Array, " values"]) -> Float[Array, " values"]:
    inside = np.clip(share, 1e-3 - _SHIFT, 1.0 - 1e-3)
    return np.asarray(np.log((inside + _SHIFT) / (1.0 - inside)))


def _from_log_odds(value: Float[Array, " values"]) -> Float[Array, " values"]:
    odds = np.exp(np.clip(value, -50.0, 50.0))
    return np.asarray((odds - _SHIFT) / (1.0 + odds))
