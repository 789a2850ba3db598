"""Choose delays and rank for systems that are compared: by reliability, the gap of singular values, or prediction."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from dynashape.arguments import read_arguments
from dynashape.cores import on_one_blas_thread, spread
from dynashape.dissimilarity.activity import Activity, Recording, list_systems
from dynashape.dissimilarity.operator.trial_groups import read_in_groups
from dynashape.dissimilarity.selection.candidates import (
    CRITERIA,
    DELAYS,
    FLAT_TAIL,
    RANKS,
    Candidate,
    Prediction,
    Reliability,
    Selection,
)
from dynashape.dissimilarity.selection.nested import Options, fit_nested
from dynashape.dissimilarity.selection.prediction import Choice, predict, predict_best
from dynashape.dissimilarity.selection.reliability import (
    can_be_judged,
    check_choice,
    measure_reliability,
    most_reliable,
)
from dynashape.errors import InputError, unknown_name
from dynashape.records import OK, Code, Status

BLIND = 0.7
"""Below this area a choice hardly tells systems from halves of one system."""

CLEAR = 1 / 3
"""Where singular values fall to this share or less, a cut stands out by itself."""


@on_one_blas_thread
@read_arguments(delay_interval=1, ridge=0, steps_ahead=1)
def select_delays_and_rank(
    activities: Any,
    delays: Sequence[int] | None = None,
    ranks: Sequence[int] | None = None,
    delay_interval: int = 1,
    ridge: float = 1e-8,
    *,
    criterion: str | None = None,
    center: str | None = None,
    regression: str = "ols",
    steps_ahead: int = 1,
    groups: Any = None,
    n_jobs: int | None = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Selection:
    """Choose one number of delays and one rank for all systems, before any label is looked at.

    Parameters
    ----------
    activities : sequence of arrays, or of lists of arrays
        The activity of each system, as in `fit_operator`. Only operators of one rank can be aligned, so one choice is
        made for all systems.
    delays, ranks : sequence of int, optional
        The numbers of delays and the ranks to choose from; by default up to 10 delays and every rank from 2 to 20.
        Those that some system does not allow (too few steps, fewer directions above rounding) are left out.
    delay_interval, ridge, center, regression, steps_ahead
        As in `fit_operator`.
    criterion : {"reliability", "gap", "prediction"}, optional
        What is wanted of a choice (see Notes). By default reliability, where there are at least three systems that can
        be halved, and the gap otherwise.
    groups : sequence, optional
        The group of each system: systems of different groups are not compared, so that a choice need not tell them
        apart. One group by default.
    n_jobs : int, default 1
        Number of threads; -1 for all cores. The result is the same on any number.
    progress : callable, optional
        Called as `progress(done, total)`, from 1 to `total` in each stage of the work.

    Returns
    -------
    Selection
        The choice, its candidates and whether it is to be trusted.

    Raises
    ------
    InputError
        Where no candidate is left, or where a system does not vary in time.

    Notes
    -----
    "reliability": each system is halved, a random half of the units in a random half of the trials and the other units
    in the other trials, and the distance between its own halves is set against distances between halves of different
    systems, among the cuts that do not lie in a flat tail. Of the choices
    that tell systems apart as often as the best one does, within .05, and at which the ratio of mean squared distances
    is at least .85 of the largest of these, it is the one with the fewest delays.

    "gap": the cut at which the singular values fall most, on average over the systems.

    "prediction": the smallest rank, then the fewest delays, that predict held-out trials as well as the best choice
    does, within one standard error over systems or 1 %; every choice is judged on the same steps. It favours ranks at
    which distances depend on the readout.

    The page on the measure sets the three beside each other.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> def rotations(frequency, n_trials=40, n_steps=30):
    ...     c, s = 0.95 * np.cos(frequency), 0.95 * np.sin(frequency)
    ...     x = [rng.normal(size=(n_trials, 2))]
    ...     for _ in range(n_steps - 1):
    ...         x.append(x[-1] @ np.array([[c, s], [-s, c]]) + 0.3 * rng.normal(size=(n_trials, 2)))
    ...     seen = np.stack(x, axis=1) @ rng.normal(size=(2, 10))
    ...     return seen + 0.1 * rng.normal(size=seen.shape)
    >>> systems = [rotations(frequency) for frequency in (0.2, 0.4, 0.6, 0.8)]
    >>> chosen = select_delays_and_rank(systems, delays=(1, 2), ranks=range(2, 7))
    >>> chosen.rank, chosen.status.ok
    (2, True)
    """
    if criterion is not None and criterion not in CRITERIA:
        raise InputError(unknown_name("criterion", criterion, CRITERIA))
    systems = list_systems(activities)
    of_group = _read_groups(groups, len(systems))
    options = Options(delay_interval, ridge, regression, steps_ahead)
    recordings = _read_all(systems, center)
    criterion = criterion or ("reliability" if can_be_judged(recordings, of_group) else "gap")
    steps = min(int(recording.lengths.min()) for recording in recordings)
    tried = sorted(set(DELAYS if delays is None else delays))
    possible = [q for q in tried if q >= 1 and (q - 1) * delay_interval + 1 + steps_ahead <= steps]
    if not possible:
        raise InputError(
            f"delays must hold a number that the shortest trial ({steps} steps) allows at delay_interval "
            f"{delay_interval}; got {tried}."
        )
    wanted = sorted(set(RANKS if ranks is None else ranks))
    fitted = spread(
        lambda task: fit_nested(recordings[task[1]], task[0], wanted, options),
        [(q, i) for q in possible for i in range(len(recordings))],
        n_jobs,
        progress,
    )
    gaps: dict[Choice, float] = {}
    for k, q in enumerate(possible):
        own = fitted[k * len(recordings) : (k + 1) * len(recordings)]
        for rank in wanted:
            if all(rank in each.matrices for each in own):
                gaps[rank, q] = float(np.exp(np.mean([np.log(np.maximum(each.gap(rank), 1e-30)) for each in own])))
    if not gaps:
        raise InputError(
            f"ranks must hold one that every system allows; got {wanted}, more than the windows, columns or "
            "directions above rounding of some system. Add smaller ranks."
        )
    choices = sorted(gaps)
    predictions: dict[Choice, Prediction] = {}
    reliabilities: dict[Choice, Reliability] = {}
    if criterion == "prediction":
        predictions = predict(recordings, choices, options, n_jobs, progress)
        alike = predict_best(predictions)
    elif criterion == "reliability":
        # Halves may not allow what whole systems do; the flat tail is judged only where nothing else can be.
        flat = [choice for choice in choices if gaps[choice] > FLAT_TAIL]
        for judged in ([choice for choice in choices if choice not in flat], flat):
            if judged and not reliabilities:
                reliabilities = measure_reliability(recordings, judged, of_group, options, n_jobs, progress)
        alike = most_reliable(reliabilities)
    else:
        alike = clearest_cuts(gaps)
    if not alike:
        raise InputError(
            f"no choice of delays {possible} and ranks {wanted} can be judged by {criterion}: windows or directions "
            "are too few in some part of some system. Add smaller ranks or fewer delays, or use criterion='gap'."
        )
    candidates = tuple(
        Candidate(q, rank, gaps[rank, q], predictions.get((rank, q)), reliabilities.get((rank, q)))
        for rank, q in choices
    )
    rank, q = alike[0]
    judgeable = can_be_judged(recordings, of_group)
    check = check_choice(recordings, alike[0], of_group, options, n_jobs) if judgeable else None
    return Selection(q, rank, criterion, candidates, check, _judge(alike, gaps, check))


def _read_groups(groups: Any, n_systems: int) -> list[Hashable]:
    """The group of each system, whatever holds them; one group where none are given."""
    if groups is None:
        return [0] * n_systems
    read = groups.tolist() if hasattr(groups, "tolist") else list(groups)
    if len(read) != n_systems:
        raise InputError(f"groups must name the group of each of {n_systems} systems; got {len(read)}.")
    if not all(isinstance(group, Hashable) for group in read):
        raise InputError("groups must be texts or numbers, one for each system; got some that cannot be told apart.")
    return read


def _read_all(systems: Sequence[Activity], center: str | None) -> list[Recording]:
    """The recordings of all systems; one InputError that names every system that cannot be read or never varies."""
    recordings, faults = [], []
    for i, system in enumerate(systems):
        try:
            recording = read_in_groups(system, f"activities[{i}]", center)
        except InputError as error:
            faults.append(str(error).removesuffix("."))
            continue
        if not np.ptp(recording.table, axis=0).any():
            faults.append(f"activities[{i}] does not vary in time, so no choice describes it; leave it out")
        recordings.append(recording)
    if faults:
        raise InputError("; ".join(faults) + ".")
    return recordings


def clearest_cuts(gaps: Mapping[Choice, float]) -> list[Choice]:
    """The cuts at which singular values fall nearly as much as anywhere (by .05), the clearest first.

    A choice that leaves nothing out is one only where no other is possible.
    """
    order = sorted(gaps, key=lambda choice: (np.nan_to_num(gaps[choice], nan=1.0), choice))
    return [choice for choice in order if choice == order[0] or gaps[choice] <= gaps[order[0]] + 0.05]


def _judge(alike: Sequence[Choice], gaps: Mapping[Choice, float], check: Reliability | None) -> Status:
    """Whether the first of the choices that are `alike` is to be trusted, and what to do where it is not."""
    rank, q = chosen = alike[0]
    doubts = []
    if gaps[chosen] > FLAT_TAIL:
        doubts.append(
            f"rank {rank} at {q} delays cuts in a flat tail (the next singular value is {gaps[chosen]:.2f} times the "
            "last that is kept), so distances depend on which units were seen; try smaller ranks, more delays or more "
            "trials"
        )
    highest, most = max(rank for rank, _ in gaps), max(q for _, q in gaps)
    if min(other for other, _ in alike) == highest > min(other for other, _ in gaps):
        doubts.append(f"rank {rank} is the highest that was tried or is possible; offer higher `ranks`")
    if min(other for _, other in alike) == most > min(other for _, other in gaps):
        doubts.append(f"{q} delays are the most that were tried or are possible; offer more `delays`")
    clearest = clearest_cuts(gaps)[0]
    if gaps[clearest] <= CLEAR and clearest[0] < rank:
        doubts.append(
            f"the singular values fall most at rank {clearest[0]} with {clearest[1]} delays (to {gaps[clearest]:.2f} "
            f"of the last that is kept; {gaps[chosen]:.2f} at the choice), so systems may share dynamics of that rank "
            "and differ in details alone; look at the distances at both"
        )
    if check is not None and check.auc - check.standard_error < BLIND:
        doubts.append(
            f"halves of different systems are farther apart than halves of one in {check.auc:.0%} of comparisons "
            f"(standard error {check.standard_error:.0%}; 50 % is blind), so that distances hardly tell systems apart; "
            "record more units, trials or systems"
        )
    return Status(Code.DOUBTFUL, "; ".join(doubts)) if doubts else OK
