from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from drawn_study import StudyVariances, draw_study
from dynashape.errors import InputError
from dynashape.inference import (
    Comparison,
    ComparisonKey,
    Conclusion,
    Contrasts,
    Headline,
    LeftOut,
    Place,
    check_claims,
    compute_headline,
    compute_shares,
)
from dynashape.inference.study.pooling import pool
from dynashape.records import HEADLINE, ClaimOutcome, Code, Contrast, Status, Verdict

_LOST = LeftOut(Status(Code.TOO_FEW_NETWORKS), 0, 20)
_SIDES = ("first", "second", "difference")


def _study(training: float, input_: float, task: float = 0.5, n_seeds: int = 5) -> dict[ComparisonKey, Comparison]:
    variances = StudyVariances(task, training, input_, network=0.06, residual=0.06)
    cells = [(architecture, phase) for architecture in ("V-RNN", "GRU") for phase in ("stimulus", "delay")]
    return draw_study(variances, n_seeds, np.random.default_rng(0), cells, n_tasks=3)


@pytest.mark.parametrize(
    ("training", "input_", "verdict"),
    [(0.05, 2.0, Verdict.INPUT), (2.0, 0.05, Verdict.TRAINING), (0.5, 0.5, Verdict.CANNOT_BE_TOLD)],
)
def test_the_planted_side_dominates(training: float, input_: float, verdict: Verdict):
    found = compute_headline(_study(training, input_))
    pooled = found.of(HEADLINE)
    assert pooled is not None
    assert pooled.verdict is verdict
    assert pooled.difference.estimate == pytest.approx(pooled.first.estimate - pooled.second.estimate)
    assert pooled.difference.n_comparisons == 12
    assert {cell.n_comparisons for cell in found.cells} == {3}
    assert len(found.cells) == 12
    assert verdict in found.sentence
    assert found.count_verdicts(HEADLINE).get(verdict, 0) >= 3


@pytest.mark.parametrize(
    ("training", "input_", "outcomes"),
    [(0.05, 2.0, (ClaimOutcome.SUPPORTED,) * 3), (2.0, 0.05, (ClaimOutcome.CONTRADICTED,) * 3)],
)
def test_claims_are_judged_by_what_is_found(training: float, input_: float, outcomes: tuple[ClaimOutcome, ...]):
    headline = compute_headline(_study(training, input_))
    claims = check_claims(headline)
    assert tuple(claim.outcome for claim in claims[:3]) == outcomes
    assert [found.group for found in headline.by_architecture[:2]] == ["V-RNN", "GRU"]
    pairs = [found for found in headline.by_task_pair if found.contrast is HEADLINE]
    assert len(pairs) == 3
    # Each cell holds every pair once, so the pairs' mean is the pooled mean.
    mean = sum(found.difference.estimate for found in pairs) / len(pairs)
    assert mean == pytest.approx(headline.pooled[0].difference.estimate)


def test_what_rounds_to_zero_has_no_sign():
    pooled = compute_headline(_study(0.5, 0.5)).pooled
    shares = {"estimate": -0.003, "low": -0.0049, "high": 0.0049}
    tiny = [replace(one, **{side: replace(getattr(one, side), **shares) for side in _SIDES}) for one in pooled]
    sentence = Headline((), (), tuple(tiny), ()).sentence
    assert "training for 0% (0% to 0%); difference 0% (0% to 0%; p = " in sentence
    assert "-0%" not in sentence
    assert "+0%" not in sentence


def test_cells_that_lie_apart_are_heterogeneous():
    rng = np.random.default_rng(0)
    one = draw_study(StudyVariances(0.5, 0.05, 2.0), 5, rng, [("GRU", "stimulus")])
    other = draw_study(StudyVariances(0.5, 2.0, 0.05), 5, rng, [("GRU", "delay")])
    assert check_claims(compute_headline(one | other))[3].outcome is ClaimOutcome.SUPPORTED
    assert check_claims(compute_headline(one))[3].outcome is ClaimOutcome.OPEN


def test_no_change_by_training_or_input_leaves_it_to_the_task():
    found = compute_headline(_study(0.0, 0.0, task=2.0))
    assert found.of(Contrast.TASK_TRAINING).verdict is Verdict.TASK
    assert found.of(Contrast.INPUT_TASK).verdict is Verdict.TASK
    assert found.of(HEADLINE).verdict is Verdict.CANNOT_BE_TOLD


def test_cells_without_usable_comparisons_are_named():
    found = compute_headline(
        {
            key: _LOST if key.analysis == 2 and key.cell == ("GRU", "delay") else comparison
            for key, comparison in _study(0.2, 0.8).items()
        }
    )
    assert set(found.left_out) == {(HEADLINE, "GRU", "delay"), (Contrast.INPUT_TASK, "GRU", "delay")}
    assert found.of(HEADLINE).difference.n_cells == 3


def test_a_pair_that_is_missing_in_one_analysis_leaves_only_contrasts_between_them():
    comparisons = _study(0.2, 0.8)
    first = next(iter(comparisons))
    found = compute_headline(comparisons | {first: _LOST})
    counts = {
        (cell.contrast, cell.n_comparisons) for cell in found.cells if (cell.architecture, cell.phase) == first.cell
    }
    assert counts == {(HEADLINE, 2), (Contrast.TASK_TRAINING, 2), (Contrast.INPUT_TASK, 3)}


def test_seeds_that_one_comparison_lost_do_not_matter_to_the_others():
    comparisons = _study(0.2, 0.8)
    key, first = next(iter(comparisons.items()))
    kept = np.arange(10) != 3
    smaller = Contrasts(
        first.contrasts.sums[np.ix_(kept, kept)],
        first.contrasts.differences[np.ix_(kept, kept)],
        first.contrasts.tasks[kept],
    )
    comparisons[key] = replace(first, contrasts=smaller, shares=compute_shares(smaller), seeds=first.seeds[kept])
    found = compute_headline(comparisons)
    assert found.cells[0].difference.n_seeds == 5
    assert not found.left_out


def test_too_few_seeds_say_so():
    found = compute_headline(_study(0.2, 0.8, n_seeds=2))
    assert not found.cells
    assert not found.pooled
    assert "Too few" in found.sentence


def test_conclusions_are_drawn_over_all_cells_then_in_architectures_then_in_cells():
    headline = compute_headline(_study(0.2, 0.8))
    found = headline.conclusions()
    cells = [(architecture, phase) for architecture in ("V-RNN", "GRU") for phase in ("stimulus", "delay")]
    places = [("all", "all"), ("V-RNN", "all"), ("GRU", "all"), *cells]
    assert [place for contrast, place in found if contrast is HEADLINE] == [Place(*place) for place in places]
    assert len(found) == 3 * len(places)
    pooled = headline.of(Contrast.INPUT_TASK)
    difference = pooled.difference
    assert found[Contrast.INPUT_TASK, Place("all", "all")] == Conclusion(
        difference.estimate, difference.low, difference.high, pooled.verdict
    )


def test_pooling_finds_the_spread_between_cells():
    rng = np.random.default_rng(0)
    spreads, covered = [], []
    for _ in range(100):
        cells = np.repeat(np.arange(12), 6)
        truth = 0.3 + 0.2 * rng.normal(size=12)
        seeds = 0.1 * rng.normal(size=(3, 5))  # one effect of each seed on all comparisons of its block
        blocks = np.repeat(np.arange(3), 24)
        values = truth[cells] + seeds.mean(axis=1)[blocks] + 0.05 * rng.normal(size=72)
        without = []
        for block in range(3):
            left = (seeds[block].sum() - seeds[block]) / 4
            without.append(values[blocks == block, None] - seeds[block].mean() + left[None, :])
        found = pool(values, without, cells, blocks)
        spreads.append((found.cell_spread, found.pair_spread))
        covered.append((found.low <= 0.3 <= found.high, found.low_here <= truth.mean() <= found.high_here))
    mean = np.mean(spreads, axis=0)
    assert mean[0] == pytest.approx(0.2, abs=0.03)
    assert mean[1] == pytest.approx(0.05, abs=0.01)
    # 100 studies: a standard error of 2 %.
    assert (np.mean(covered, axis=0) > 0.88).all()


def test_pooling_refuses_rows_that_do_not_match():
    with pytest.raises(InputError, match="block 0"):
        pool(np.zeros(2), [np.zeros((1, 5))], np.array([0, 1]), np.array([0, 0]))
