"""How well choices tell systems from halves of one system.

A distance should not depend on which units and which trials of a system were seen, and should tell systems apart. So
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
from dynashape.dissimilarity.selection.halves import LEAST_UNITS, can_be_halved, halve
from dynashape.dissimilarity.selection.nested import Nested, Options, fit_nested
from dynashape.dissimilarity.selection.prediction import Choice, standard_error
from dynashape.errors import InputError
from dynashape.records import Array
from dynashape.seeds import stream

LEAST_SYSTEMS = 3
"""Of fewer, how often halves are nearer than systems says nothing."""

N_OTHERS = 6
"""With how many other systems each system is compared, at most."""


def can_be_judged(recordings: Sequence[Recording], groups: Sequence[Hashable]) -> bool:
    """Whether there are systems enough that are compared and can be halved."""
    return len(np.unique(draw_others(groups))) >= LEAST_SYSTEMS and all(map(can_be_halved, recordings))


def measure_reliability(
    recordings: Sequence[Recording],
    choices: Sequence[Choice],
    groups: Sequence[Hashable],
    options: Options,
    n_jobs: int | None,
    progress: Callable[[int, int], None] | None,
) -> dict[Choice, Reliability]:
    """The reliability of each of the choices that all halves allow; systems are compared within their group only."""
    if not can_be_judged(recordings, groups):
        raise InputError(
            f"criterion='reliability' needs at least {LEAST_SYSTEMS} systems that are compared, and of each at least "
            f"two trials or {LEAST_UNITS} units, to halve it; got {len(recordings)} systems. Use criterion='gap'."
        )
    others = draw_others(groups)
    number = {group: k for k, group in enumerate(dict.fromkeys(groups))}
    numbers = np.array([number[group] for group in groups])
    halves = [half for i, recording in enumerate(recordings) for half in halve(recording, i)]
    ranks: dict[int, list[int]] = {}
    for rank, q in choices:
        ranks.setdefault(q, []).append(rank)
    parts = [(q, half) for q in ranks for half in halves]
    done, total = 0, len(parts) + len(choices)

    def tick(*_: int) -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    fitted = spread(lambda part: fit_nested(part[1], part[0], ranks[part[0]], options), parts, n_jobs, tick)
    of_delays = {q: fitted[k * len(halves) : (k + 1) * len(halves)] for k, q in enumerate(ranks)}
    told = spread(lambda choice: _tell_apart(of_delays[choice[1]], choice[0], others, numbers), choices, n_jobs, tick)
    found = {choice: result for choice, result in zip(choices, told, strict=True) if result is not None}
    if not found:
        return {}
    best = max((areas for areas, _ in found.values()), key=lambda areas: float(areas.mean()))
    return {
        choice: Reliability(
            auc=float(areas.mean()),
            ratio=ratio,
            shortfall=float((best - areas).mean()),
            standard_error=standard_error(best - areas),
        )
        for choice, (areas, ratio) in found.items()
    }


def most_reliable(found: Mapping[Choice, Reliability]) -> list[Choice]:
    """The choices that tell systems apart as often as the best one does, first that at which they lie farthest apart.

    As often: within one standard error over the systems, or .05. Probabilities are coarse where there are few systems,
    and systems that are the same bound them from above.
    """
    alike = [choice for choice, own in found.items() if own.shortfall <= max(own.standard_error, 0.05)]
    return sorted(alike, key=lambda choice: (-found[choice].ratio, choice))


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
    halves: Sequence[Nested], rank: int, others: Int[Array, "pairs 2"], groups: Int[Array, " systems"]
) -> tuple[Float[Array, " compared"], float] | None:
    """For each system, how often others of its group are farther apart than its own halves; and the ratio of squares.

    `halves` holds the two of each system in turn. None where some half does not allow the rank.
    """
    if not all(rank in half.matrices for half in halves):
        return None
    used = np.unique(others)
    pairs = np.concatenate([np.stack([2 * used, 2 * used + 1], axis=1), others * 2 + np.array([0, 1])])
    values = align_all([half.matrices[rank] for half in halves], pairs).values
    within, between = values[: len(used)], values[len(used) :]
    comparable = groups[used, None] == groups[others[:, 0]]
    exceeds = (between > within[:, None]) + 0.5 * (between == within[:, None])
    areas = (exceeds * comparable).sum(axis=1) / comparable.sum(axis=1)
    return areas, float((between**2).mean() / max((within**2).mean(), 1e-30))
