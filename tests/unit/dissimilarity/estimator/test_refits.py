"""A fit leaves nothing of an earlier one, and compares operators that were fitted alike."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from dynashape.dissimilarity import DSA, InputDSA, fit_operator
from dynashape.errors import InputError

SYSTEMS = [np.random.default_rng(k).normal(size=(20, 30, 5)).cumsum(axis=1) for k in range(3)]


def set_by_fit(estimator: object) -> set[str]:
    return {name for name in vars(estimator) if name.endswith("_") or name.startswith("_")}


def test_nothing_of_an_earlier_fit_is_left() -> None:
    dsa = DSA(2, 4, corrected=True).fit(SYSTEMS, reference=SYSTEMS)
    dsa.floors()
    dsa.set_params(corrected=False).fit(SYSTEMS[:2])
    fresh = DSA(2, 4).fit(SYSTEMS[:2])
    assert set_by_fit(dsa) == set_by_fit(fresh)
    assert dsa.floor_.shape == (2,)


def test_an_interrupted_fit_is_none() -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    inputs = [np.random.default_rng(k).normal(size=(20, 30, 2)) for k in range(3)]
    for estimator, given in ((DSA(2, 4), (SYSTEMS,)), (InputDSA(2, 2), (SYSTEMS, inputs))):
        estimator.fit(*given)
        with pytest.raises(KeyboardInterrupt):
            estimator.set_params(progress=stop).fit(*given)
        assert not set_by_fit(estimator)
    with pytest.raises(NotFittedError):
        DSA(2, 4).summary()


@pytest.mark.parametrize(
    "option", [{"n_delays": 3}, {"delay_interval": 2}, {"steps_ahead": 2}, {"center": "unit"}, {"regression": "tls"}]
)
def test_operators_are_fitted_alike(option: dict[str, object]) -> None:
    ((name, value),) = option.items()
    given = [
        fit_operator(x, **{"n_delays": 2, "rank": 4, **extra})
        for x, extra in zip(SYSTEMS, ({}, {}, option), strict=True)
    ]
    for padded in (False, True):
        with pytest.raises(InputError, match=f"{name} is .* in system 0, system 1, {value!r} in system 2"):
            DSA(zero_pad=padded).fit(given)
        with pytest.raises(InputError, match=f"{name} is .* in system 0, {value!r} in reference 0"):
            DSA(zero_pad=padded).fit(given[:1], reference=given[2:])
