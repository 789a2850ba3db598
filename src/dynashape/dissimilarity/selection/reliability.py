"""How well choices tell systems from halves of one system.

A distance should not depend on which units or which trials of a system were seen, and should tell systems apart. So
each system is halved, and the distance between its own halves is set against those between halves of different systems.
No label enters beyond which system a half is of.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

import numpy as np
from jaxtyping import Float, Int

from dynashape.cores import spread
from dynashape.dissimilarity.activity import Recording
from dynashape.dissimilarity.alignment.all_pairs import align_all
from dynashape.dissimilarity.selection.candidates import Reliability
from dynashape.dissimilarity.selection.halves import LEAST_UNITS, halve_trials, halve_units
from dynashape.dissimilarity.selection.nested import Nested, Options, fit_nested
from dynashape.dissimilarity.selection.prediction import Choice, standard_error
from dynashape.errors import InputError
from dynashape.records import Array
from dynashape.seeds import stream

LEAST_SYSTEMS = 3
"""Of fewer, how often halves are nearer than systems says nothing."""

N_OTHERS = 6
"""With how many other systems each system is compared, at most."""


def can_be_halved(recordings: Sequence[Recording], groups: Sequence[Hashable]) -> bool:
    """Whether reliability can be judged: three systems that are compared, each with trials or units to halve."""
    compared = len(np.unique(draw_others(groups)))
    return compared >= LEAST_SYSTEMS and any(_kinds(recordings).values())


def _kinds(recordings: Sequence[Recording]) -> dict[str, bool]:
    """Which kinds of halves every system has."""
    return {
        "units": min(recording.n_units for recording in recordings) >= LEAST_UNITS,
        "trials": min(recording.n_trials for recording in recordings) >= 2,
    }


def measure_reliability(
    recordings: Sequence[Recording],
    choices: Sequence[Choice],
    groups: Sequence[Hashable],
    options: Options,
    n_jobs: int | None,
    progress: Callable[[int, int], None] | None,
) -> dict[Choice, Reliability]:
    """The reliability of each of the choices that all halves allow; systems are compared within their group only."""
    others = draw_others(groups)
    number = {group: k for k, group in enumerate(dict.fromkeys(groups))}
    numbers = np.array([number[group] for group in groups])
    kinds = _kinds(recordings)
    if not can_be_halved(recordings, groups):
        raise InputError(
            f"criterion='reliability' needs at least {LEAST_SYSTEMS} systems that are compared, and of each at least "
            f"two trials or {LEAST_UNITS} units, to halve it; got {len(recordings)} systems. Use criterion='gap'."
        )
    halves = {
        "units": [halve_units(recording, i) for i, recording in enumerate(recordings)] if kinds["units"] else [],
        "trials": [halve_trials(recording) for recording in recordings] if kinds["trials"] else [],
    }
    delays = sorted({q for _, q in choices})
    ranks = {q: sorted(rank for rank, own in choices if own == q) for q in delays}
    parts = [(kind, q, half) for kind in halves for q in delays for pair in halves[kind] for half in pair]
    total = len(parts) + sum(map(bool, halves.values())) * len(choices)
    done = 0

    def tick(*_: int) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    fitted = spread(lambda part: fit_nested(part[2], part[1], ranks[part[1]], options), parts, n_jobs, tick)
    placed: dict[tuple[str, int], list[Nested]] = {}
    for (kind, q, _), found in zip(parts, fitted, strict=True):
        placed.setdefault((kind, q), []).append(found)
    tasks = [(kind, choice) for kind in halves if halves[kind] for choice in choices]
    told = spread(
        lambda task: _tell_apart(placed[task[0], task[1][1]], task[1][0], others, numbers), tasks, n_jobs, tick
    )
    shares: dict[Choice, dict[str, tuple[Array, float]]] = {}
    for (kind, choice), result in zip(tasks, told, strict=True):
        if result is not None:
            shares.setdefault(choice, {})[kind] = result
    complete = {choice: by for choice, by in shares.items() if len(by) == sum(kinds.values())}
    return _summarise(complete)


def most_reliable(found: Mapping[Choice, Reliability], gaps: Mapping[Choice, float]) -> Choice:
    """Of the choices that tell systems apart as well as the best (by a standard error, or .01), the clearest cut."""
    alike = [choice for choice, own in found.items() if own.shortfall <= max(own.standard_error, 0.01)]
    return min(alike, key=lambda choice: (np.nan_to_num(gaps[choice], nan=1.0), choice))


def draw_others(groups: Sequence[Hashable]) -> Int[Array, "pairs 2"]:
    """Pairs of different systems of one group: each system beside up to `N_OTHERS` others, drawn alike for all.

    >>> draw_others("aaab").tolist()
    [[0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1]]
    """
    pairs: set[tuple[int, int]] = set()
    for k, group in enumerate(dict.fromkeys(groups)):
        members = [i for i, own in enumerate(groups) if own == group]
        order = stream("others", k).permutation(len(members))
        for shift in range(1, min(N_OTHERS, len(members) - 1) + 1):
            pairs |= {(members[a], members[b]) for a, b in zip(order, np.roll(order, shift), strict=True)}
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def _tell_apart(
    halves: Sequence[Nested], rank: int, others: Int[Array, "pairs 2"], groups: Array
) -> tuple[Array, float] | None:
    """For each system, how often others are farther from it than its own halves are; and the ratio of mean squares.

    `halves` holds the two of each system in turn. None where some half does not allow the rank.
    """
    if not all(rank in half.matrices for half in halves):
        return None
    n_systems = len(halves) // 2
    own = np.stack([2 * np.arange(n_systems), 2 * np.arange(n_systems) + 1], axis=1)
    pairs = np.concatenate([own, others * 2 + np.array([0, 1])])
    values = align_all([half.matrices[rank] for half in halves], pairs).values
    within, between = values[:n_systems], values[n_systems:]
    return _areas(within, between, others, groups), float((between**2).mean() / max((within**2).mean(), 1e-30))


def _areas(
    within: Float[Array, " systems"], between: Float[Array, " pairs"], others: Int[Array, "pairs 2"], groups: Array
) -> Array:
    """For each system, how often a distance between systems of its group exceeds the one between its own halves."""
    used = np.unique(others)
    own, comparable = within[used, None], groups[used, None] == groups[others[:, 0]]
    exceeds = (between > own) + 0.5 * (between == own)
    return np.asarray((exceeds * comparable).sum(axis=1) / comparable.sum(axis=1))


def _summarise(shares: Mapping[Choice, Mapping[str, tuple[Array, float]]]) -> dict[Choice, Reliability]:
    worst = {choice: min(by, key=lambda kind: float(by[kind][0].mean())) for choice, by in shares.items()}
    if not worst:
        return {}
    areas = {choice: shares[choice][kind][0] for choice, kind in worst.items()}
    best = areas[max(areas, key=lambda choice: float(areas[choice].mean()))]

    def area(choice: Choice, kind: str) -> float | None:
        return float(shares[choice][kind][0].mean()) if kind in shares[choice] else None

    return {
        choice: Reliability(
            auc=float(areas[choice].mean()),
            auc_units=area(choice, "units"),
            auc_trials=area(choice, "trials"),
            ratio=shares[choice][worst[choice]][1],
            shortfall=float((best - areas[choice]).mean()),
            standard_error=standard_error(best - areas[choice]),
        )
        for choice in worst
    }
