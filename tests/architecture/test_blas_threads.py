"""No public function that computes may be slowed by BLAS's own threads: each holds BLAS to one thread while it runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np
import pytest
import scipy.linalg
from threadpoolctl import threadpool_info, threadpool_limits

from dynashape import dissimilarity, inference
from dynashape.cores import is_held
from dynashape.dissimilarity import DISSIMILARITIES, DSA, InputDSA, align_all, fit_operators, select_delays_and_rank

# Names, sums of numbers and tables of relabellings: nothing of them reaches BLAS.
WITHOUT_BLAS = {
    "check_claims",
    "comparison_rows",
    "compute_ceiling",
    "compute_floor",
    "compute_shares",
    "condition_swaps",
    "describe_reach",
    "fewest_seeds",
    "find_dissimilarity",
    "measured_coverage",
    "ordering_stability",
    "read_trials",
    "smallest_p_value",
    "task_relabellings",
}
COMPUTE = (
    (np.linalg, ("eigh", "eigvals", "norm", "solve", "svd")),
    (scipy.linalg, ("cho_factor", "eigh", "eigh_tridiagonal", "schur", "svd", "svdvals")),
)


def public_functions() -> list[tuple[str, Callable[..., object]]]:
    rooms = (dissimilarity, inference)
    found = [(name, getattr(room, name)) for room in rooms for name in room.__all__]
    return [(name, value) for name, value in found if inspect.isfunction(value)]


def test_every_public_function_holds_blas_to_one_thread() -> None:
    functions = public_functions()
    assert len(functions) > 20
    assert [name for name, function in functions if not is_held(function) and name not in WITHOUT_BLAS] == []
    assert sorted(WITHOUT_BLAS - {name for name, _ in functions}) == []


def systems() -> list[np.ndarray]:
    return [np.random.default_rng(k).normal(size=(10, 20, 4)).cumsum(axis=1) for k in range(3)]


def with_kind(name: str) -> None:
    kind = DISSIMILARITIES[name]
    measure = kind(n_delays=2, delay_interval=1, rank=3) if name in ("dsa", "spectral") else kind()
    measure.measure([measure.reduce(x, np.arange(10) % 2, "x") for x in systems()], np.array([[0, 1], [1, 2]]))


@pytest.mark.parametrize(
    "run",
    [
        lambda: DSA(n_delays=2, rank=3).fit(systems()),
        lambda: InputDSA(n_delays=2, rank=2).fit(systems(), systems()),
        lambda: align_all(fit_operators(systems(), 2, 3, n_jobs=2)),
        lambda: select_delays_and_rank(systems(), delays=(1, 2), ranks=(2, 3)),
        *(lambda name=name: with_kind(name) for name in DISSIMILARITIES),
    ],
)
def test_what_they_compute_runs_on_one_thread(run: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def probed(function: Callable[..., object]) -> Callable[..., object]:
        def run_probed(*args: object, **kwargs: object) -> object:
            seen.extend(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas")
            return function(*args, **kwargs)

        return run_probed

    for module, names in COMPUTE:
        for name in names:
            monkeypatch.setattr(module, name, probed(getattr(module, name)))
    with threadpool_limits(2, "blas"):  # as it is by default on two cores
        run()
    assert seen
    assert set(seen) == {1}
