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

N_CHECKS = 3
"""How often all systems are halved anew to check a choice."""

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
    others, of_group = draw_others(groups), _numbered(groups)
    halves = [half for i, recording in enumerate(recordings) for half in halve(recording, 0, i)]
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
    told = spread(lambda choice: _tell_apart(of_delays[choice[1]], choice[0], others, of_group), choices, n_jobs, tick)
    return {choice: _summarise([found]) for choice, found in zip(choices, told, strict=True) if found is not None}


def check_choice(
    recordings: Sequence[Recording],
    choice: Choice,
    groups: Sequence[Hashable],
    options: Options,
    n_jobs: int | None,
) -> Reliability | None:
    """The reliability of one choice on `N_CHECKS` further halvings: the best of many candidates looks too good."""
    others, of_group, (rank, q) = draw_others(groups), _numbered(groups), choice
    halves = [
        half
        for k in range(1, N_CHECKS + 1)
        for i, recording in enumerate(recordings)
        for half in halve(recording, k, i)
    ]
    fitted = spread(lambda half: fit_nested(half, q, [rank], options), halves, n_jobs)
    each = 2 * len(recordings)
    told = [_tell_apart(fitted[k * each : (k + 1) * each], rank, others, of_group) for k in range(N_CHECKS)]
    found = [one for one in told if one is not None]
    return _summarise(found) if found else None


def most_reliable(found: Mapping[Choice, Reliability]) -> list[Choice]:
    """The choices that tell systems apart nearly as often as the best one does, and as far; the fewest delays first.

    As often: within .05, since probabilities are coarse where there are few systems, and systems that are the same
    bound them from above. As far: at least .85 of the largest ratio among those, which more delays raise a little for
    ever, since they average noise.
    """
    best = max((own.auc for own in found.values()), default=0.0)
    as_often = {choice: own.ratio for choice, own in found.items() if own.auc >= best - 0.05}
    farthest = max(as_often.values(), default=0.0)
    alike = [choice for choice, ratio in as_often.items() if ratio >= 0.85 * farthest]
    return sorted(alike, key=lambda choice: (choice[1], choice[0]))


def _numbered(groups: Sequence[Hashable]) -> Int[Array, " systems"]:
    number = {group: k for k, group in enumerate(dict.fromkeys(groups))}
    return np.array([number[group] for group in groups])


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


def _summarise(found: Sequence[tuple[Float[Array, " compared"], float]]) -> Reliability:
    """The mean over halvings of the areas and of the logarithm of the ratios."""
    areas = np.mean([areas for areas, _ in found], axis=0)
    ratio = float(np.exp(np.mean([np.log(max(ratio, 1e-30)) for _, ratio in found])))
    return Reliability(auc=float(areas.mean()), ratio=ratio, standard_error=standard_error(areas))
