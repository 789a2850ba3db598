"""The operators of many systems, each fitted alone, on several threads; what is wrong with any of them in one error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dynashape.arguments import read_arguments
from dynashape.cores import on_one_blas_thread, spread
from dynashape.dissimilarity.activity import Activity, list_systems, name_systems
from dynashape.dissimilarity.operator.decomposition import check_rank_form
from dynashape.dissimilarity.operator.fit import FitOptions, Operator, fit_with_options, too_few_directions
from dynashape.errors import InputError
from dynashape.records import Code, Status


@on_one_blas_thread
@read_arguments()
def fit_operators(
    activities: Sequence[Activity],
    n_delays: int,
    rank: int | float | str,
    delay_interval: int = 1,
    ridge: float = 1e-8,
    *,
    center: str | None = None,
    regression: str = "ols",
    steps_ahead: int = 1,
    zero_pad: bool = False,
    n_jobs: int | None = 1,
    progress: Callable[[int, int], None] | None = None,
    names: Sequence[str] | None = None,
) -> list[Operator]:
    """Fit the operators of a list of systems at one rank, so that all can be aligned.

    Parameters
    ----------
    activities : sequence or mapping of arrays, or of lists of arrays
        The activity of each system, as in `fit_operator`, by its name in a mapping.
    n_delays : int
        Number of steps in a window of the embedding.
    rank : int or float, or "svht"
        Number of coordinates, the share of the variance that they carry, or "svht". With a share or "svht" all systems
        get the largest rank that is found in any of them.
    delay_interval, ridge, center, regression, steps_ahead
        As in `fit_operator`.
    zero_pad : bool, default False
        Whether a system with fewer columns or windows than the rank has zeros in the missing places and the status
        "rank_deficient"; it is an error otherwise.
    n_jobs : int, default 1
        Number of threads that fit systems; -1 for all cores. The result does not depend on it.
    progress : callable, optional
        Called as `progress(done, total)` while systems are fitted. A share or "svht" may call for a second fit of each
        system, so `total` is twice their number then.
    names : sequence of str, optional
        What errors and statuses call the systems; "system 0", "system 1" and so on by default.

    Returns
    -------
    list of Operator
        One for each system, in order. Where one is not to be compared, its status says why.

    Raises
    ------
    InputError
        One error names every system that cannot be worked with, and all that is wrong with it.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> systems = [rng.normal(size=(10, 20, 4)).cumsum(axis=1) for _ in range(3)]
    >>> [operator.rank for operator in fit_operators(systems, n_delays=2, rank=0.9, n_jobs=2)]
    [4, 4, 4]
    """
    systems = list_systems(activities)
    labels = name_systems(activities) if names is None else [str(name) for name in names]
    if len(labels) != len(systems):
        raise InputError(f"names must hold one name for each of {len(systems)} systems; got {len(labels)}.")
    check_rank_form(rank)
    options = FitOptions(n_delays, delay_interval, ridge, center, regression, steps_ahead)
    by_rule = not isinstance(rank, int) and (isinstance(rank, str) or 0.0 < rank < 1.0)
    n = len(labels)

    def tell(done: int, _: int) -> None:
        if progress is not None:
            progress(done, 2 * n if by_rule else n)

    def tell_again(done: int, _: int) -> None:
        tell(n + done, n)

    def fit_all(rank: int | float | str, asked: str, tell: Callable[[int, int], None]) -> list[tuple[Operator, int]]:
        def fit(i: int) -> tuple[Operator, int] | str:
            try:
                return fit_with_options(systems[i], rank, options, labels[i], asked, zero_pad)
            except InputError as error:
                return str(error).removesuffix(".")

        fitted = spread(fit, range(n), n_jobs, tell)
        # What is wrong with the options is the same of every system, and said once.
        faults = list(dict.fromkeys(each for each in fitted if isinstance(each, str)))
        if faults:
            raise InputError("; ".join(faults) + ".")
        return [each for each in fitted if not isinstance(each, str)]

    first = fit_all(rank, "", tell)
    ranks = [operator.rank for operator, _ in first]
    if len(set(ranks)) <= 1:
        if by_rule and n:
            tell_again(n, n)
        return [operator for operator, _ in first]
    common = max(ranks)
    asked = f"rank={rank!r} asks for {common} (in {labels[ranks.index(common)]})"
    return [
        _keep_finding(operator, rank, found, label)
        for (operator, _), (_, found), label in zip(fit_all(common, asked, tell_again), first, labels, strict=True)
    ]


def _keep_finding(operator: Operator, rank: int | float | str, n_found: int, name: str) -> Operator:
    """At the rank of other systems too, one in which "svht" finds nothing but noise is not to be compared."""
    if rank != "svht" or n_found or not operator.status.ok:
        return operator
    return replace(operator, status=Status(Code.TOO_FEW_DIRECTIONS, too_few_directions(rank, 0, name)))
