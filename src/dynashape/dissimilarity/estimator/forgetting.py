"""What a fit found is forgotten before the next one: nothing of an earlier fit is left beside it."""

from __future__ import annotations

from sklearn.base import BaseEstimator


def forget(estimator: BaseEstimator) -> None:
    """Delete what fits have set: all but the parameters of the constructor."""
    kept = set(estimator.get_params(deep=False))
    for name in set(vars(estimator)) - kept:
        if name.endswith("_") or name.startswith("_"):
            delattr(estimator, name)
