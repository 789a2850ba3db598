"""Equal numbers give equal results in every public function, and what is no number is one InputError.

What a parameter takes is read from the signatures, so a new function or parameter is walked as soon as it is public.
"""

from __future__ import annotations

import dataclasses
import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.base import BaseEstimator

import dynashape.dissimilarity as dissimilarity_room
import dynashape.distances as distances_room
import dynashape.inference as inference_room
from dynashape.dissimilarity import DSA, InputDSA
from dynashape.dissimilarity.estimator.parameters import Parameters
from dynashape.distances import Distances
from dynashape.errors import InputError
from dynashape.inference import ComparisonKey, Components, VerdictPilot, compare, compute_contrasts
from dynashape.records import HEADLINE, Term

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(2, 6, 12, 4)).cumsum(axis=2)
A, B = rng.normal(size=(2, 3, 3))
POINTS = rng.normal(size=(12, 3))
VALUES = cdist(POINTS, POINTS)
NETWORKS = np.repeat(np.arange(6), 2)
LABELS = {
    "network": NETWORKS,
    "task": np.repeat(["CDM", "PR"], 6),
    "condition": np.tile(["trained", "noise"], 6),
    "seed": NETWORKS % 3,
}
LABELLED = Distances(VALUES, LABELS)
TASKS = np.arange(6) < 3
COMPARISONS = {ComparisonKey(2, "GRU", "delay", "CDM", "PR"): compare(LABELLED, dimensions=(1, 2))}
PILOT = VerdictPilot(HEADLINE, 0.1, (0.1 * rng.normal(size=(2, 3)),), np.zeros(2, int), np.zeros(2, int), 0.1, 0.1)

# What each needs: the arguments without a default, and those whose defaults would take long.
NEEDED: dict[str, dict[str, Any]] = {
    "align": {"A": A, "B": B},
    "align_all": {"operators": [A, B]},
    "cka_distance": {"first": X, "second": Y},
    "cka_distances": {"activities": [X, Y]},
    "embed_delays": {"activity": X, "n_delays": 2},
    "find_dissimilarity": {"name": "dsa"},
    "fit_input_operator": {"activity": X, "inputs": Y, "n_delays": 2, "rank": 2},
    "fit_operator": {"activity": X, "n_delays": 2, "rank": 3},
    "fit_operators": {"activities": [X, Y], "n_delays": 2, "rank": 3},
    "input_distances": {"matrices": [A, B]},
    "ordering_stability": {"matrices": [VALUES, VALUES]},
    "procrustes_distance": {"first": X, "second": Y},
    "procrustes_distances": {"activities": [X, Y]},
    "read_trials": {"activity": X},
    "select_delays_and_rank": {"activities": [X, Y], "delays": (1, 2), "ranks": (2, 3)},
    "spectral_distance": {"A": A, "B": B},
    "spectral_distances": {"operators": [A, B]},
    "compare": {"distances": LABELLED, "dimensions": (1, 2)},
    "compute_ceiling": {"distances": LABELLED},
    "compute_contrasts": {"distances": VALUES, "tasks": TASKS},
    "compute_floor": {"split_half": np.ones(6), "seeds": np.arange(6) % 3},
    "compute_headline": {"comparisons": COMPARISONS},
    "compute_power": {
        "components": Components(0.1, 0.1, 0.0, 1.0, 1.0), "term": Term.TASK,
        "share": 0.5, "n_seeds": (2, 3), "n_studies": 2,
    },
    "compute_verdict_power": {"pilot": PILOT, "differences": (0.0, 0.5), "n_seeds": (3, 4), "n_studies": 2},
    "describe_reach": {"n_seeds": 4},
    "fewest_seeds": {"term": Term.TASK},
    "smallest_p_value": {"term": Term.TASK, "n_seeds": 4},
    "condition_swaps": {"n_networks": 3},
    "correct_family": {"comparisons": COMPARISONS, "n_draws": 20},
    "embed_mds": {"distances": VALUES},
    "measure_verdict_pilot": {"comparisons": COMPARISONS},
    "measured_coverage": {"n_seeds": 3},
    "meta_cluster": {"features": POINTS, "factors": {"a": LABELS["task"]}, "n_permutations": 9},
    "pool_components": {"contrasts": [compute_contrasts(VALUES, TASKS)]},
    "separability": {"points": POINTS[:, :2], "labels": np.arange(12) < 6},
    "task_relabellings": {"tasks": TASKS},
    # Estimators: what their constructors take, which fit reads.
    "DSA": {"n_delays": 2, "rank": 3},
    "InputDSA": {"n_delays": 2, "rank": 2},
}  # fmt: skip
# Functions of records that public functions return, and of nothing else.
OF_RECORDS = {"check_claims", "comparison_rows", "compute_shares"}
# A value where the default is None, or would hide a number that is read wrongly.
TRIED = {"tile": 1, "pad": 0.0, "rank": 3, "center": "unit", "criterion": "gap"}

KINDS = {"int", "float", "str", "bool", "None", "Sequence[int]", "Sequence[float]"}


ESTIMATORS: dict[str, tuple[type, Callable[..., Any]]] = {
    "DSA": (DSA, lambda **options: DSA().set_params(**options).fit([X, Y])),
    "InputDSA": (InputDSA, lambda **options: InputDSA().set_params(**options).fit([X, Y], [Y, X])),
}


def public() -> Iterator[tuple[str, inspect.Signature, Callable[..., Any]]]:
    for room in (dissimilarity_room, inference_room, distances_room):
        for name in room.__all__:
            thing = getattr(room, name)
            if inspect.isfunction(thing) and name not in OF_RECORDS:
                yield name, inspect.signature(thing), thing
    # The estimator keeps whatever it is given; what it may be says `Parameters`, which reads it.
    said = {"DSA": Parameters.__annotations__}
    for name, (kind, call) in ESTIMATORS.items():
        signature = inspect.signature(kind)
        described = [
            each.replace(annotation=said.get(name, {}).get(each.name, each.annotation))
            for each in signature.parameters.values()
        ]
        yield name, signature.replace(parameters=described), call


def kinds_of(parameter: inspect.Parameter) -> set[str]:
    written = str(parameter.annotation).replace("collections.abc.", "")
    kinds = {part.strip() for part in written.split("|")}
    return kinds - {"None"} if kinds <= KINDS else set()


WALKED = [
    (name, parameter.name) for name, signature, _ in public() for parameter in signature.parameters.values()
    if kinds_of(parameter)
]  # fmt: skip
CALLS = {name: (signature, call) for name, signature, call in public()}


def plain(value: Any) -> Any:
    """A result as nested lists and dictionaries, which numpy's assertions compare."""
    if isinstance(value, BaseEstimator):
        fitted = {name: each for name, each in vars(value).items() if name.endswith("_")}
        return plain({name: each for name, each in fitted.items() if not isinstance(each, BaseEstimator)})
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def equal_to(value: Any, kinds: set[str]) -> list[Any]:
    """The same number in other types."""
    if "bool" in kinds:
        return [np.bool_(value), np.array(value)]
    if "str" in kinds and isinstance(value, str):
        return [np.str_(value)]
    if kinds & {"Sequence[int]", "Sequence[float]"}:
        return [list(value), np.array(value), np.array(value, dtype=float), tuple(np.float64(each) for each in value)]
    same = [np.float64(value), np.array(value), np.longdouble(value)]
    if float(value).is_integer():
        same += [int(value), float(value), np.int64(value), np.float32(value)]
        same += [kind(value) for kind in (np.int8, np.uint16) if np.iinfo(kind).min <= value <= np.iinfo(kind).max]
    return same


def wrong_for(value: Any, kinds: set[str], optional: bool) -> list[Any]:
    """What is no such number."""
    none = [] if optional else [None]
    if "bool" in kinds:
        return [1, 0.0, "yes", [True], *none]
    if kinds == {"str"}:
        return [5, 1.5, True, [value], *none]
    if kinds & {"Sequence[int]", "Sequence[float]"}:
        return [
            2,
            "12",
            [True],
            [None],
            ["2"],
            [np.nan],
            np.ones((2, 2)),
            {1: 2},
            *none,
            *([[1.5]] if "Sequence[int]" in kinds else []),
        ]
    wrong = [
        True,
        np.False_,
        "x",
        np.nan,
        np.inf,
        -np.inf,
        [value],
        np.array([value]),
        1j,
        object(),
        np.ma.masked,
        *none,
    ]
    return [*wrong, 1.5] if "int" in kinds else wrong


def call(name: str, /, **changed: Any) -> Any:
    _, function = CALLS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return plain(function(**{**NEEDED[name], **changed}))


def value_of(name: str, parameter: inspect.Parameter) -> Any:
    given = NEEDED[name].get(parameter.name, parameter.default)
    return TRIED.get(parameter.name, 2) if given is None else given


def test_every_public_function_is_walked():
    missing = {name for name, _, _ in public()} - set(NEEDED)
    assert missing == set(), "say in NEEDED what these need"


@pytest.mark.parametrize(("name", "parameter"), WALKED)
def test_equal_numbers_give_equal_results(name: str, parameter: str):
    described = CALLS[name][0].parameters[parameter]
    value = value_of(name, described)
    expected = call(name, **{parameter: value})
    for same in equal_to(value, kinds_of(described)):
        np.testing.assert_equal(call(name, **{parameter: same}), expected, err_msg=repr(same))


@pytest.mark.parametrize(("name", "parameter"), WALKED)
def test_what_is_no_number_is_an_input_error(name: str, parameter: str):
    described = CALLS[name][0].parameters[parameter]
    kinds, optional = kinds_of(described), "None" in str(described.annotation)
    value = value_of(name, described)
    allowed = {np.nan, np.inf, -np.inf} if parameter == "pad" else set()
    for wrong in wrong_for(value, kinds, optional):
        if isinstance(wrong, float) and wrong in allowed:
            continue
        try:
            result = call(name, **{parameter: wrong})
        except InputError as error:
            assert len(str(error)) < 500, error
            continue
        pytest.fail(f"{name}({parameter}={wrong!r}) gives {str(result)[:100]}")


@pytest.mark.parametrize(("name", "parameter"), WALKED)
def test_numbers_out_of_range_are_computed_with_or_refused(name: str, parameter: str):
    described = CALLS[name][0].parameters[parameter]
    kinds = kinds_of(described)
    odd: list[Any] = []
    if kinds & {"int", "float"}:
        odd = [0, -1, -(2**70)] if "int" in kinds else [0.0, -1.0, -1e300]
    elif kinds & {"Sequence[int]", "Sequence[float]"}:
        odd = [(), (0,), (-1,), (-(2**70),)]
    for value in odd:
        try:
            result = call(name, **{parameter: value})
        except InputError:
            continue
        assert result is not None, value
