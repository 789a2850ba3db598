from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dynashape.errors import InputError
from dynashape.inference import (
    Comparison,
    ComparisonKey,
    Contrasts,
    Headline,
    StudyVariances,
    check_claims,
    compute_headline,
    compute_shares,
    draw_study,
    pool,
)
from dynashape.records import Status

_SIDES = ("first", "second", "difference")


def _study(training: float, input_: float, task: float = 0.5, n_seeds: int = 5):
    variances = StudyVariances(task, training, input_, network=0.06, residual=0.06)
    cells = [(architecture, phase) for architecture in ("V-RNN", "GRU") for phase in ("stimulus", "delay")]
    return draw_study(variances, n_seeds, np.random.default_rng(0), cells, n_tasks=3)


@pytest.mark.parametrize(
    ("training", "input_", "verdict"),
    [(0.05, 2.0, "input dominates"), (2.0, 0.05, "training dominates"), (0.5, 0.5, "cannot be told")],
)
def test_the_planted_side_dominates(training: float, input_: float, verdict: str):
    found = compute_headline(*_study(training, input_))
    pooled = found.of("input - training")
    assert pooled is not None
    assert pooled.verdict == verdict
    assert pooled.difference.estimate == pytest.approx(pooled.first.estimate - pooled.second.estimate)
    assert pooled.difference.n_comparisons == 12
    assert {cell.n_comparisons for cell in found.cells} == {3}
    assert len(found.cells) == 12
    assert verdict in found.sentence
    assert found.count_verdicts("input - training").get(verdict, 0) >= 3


@pytest.mark.parametrize(
    ("training", "input_", "outcomes"),
    [(0.05, 2.0, ("supported",) * 3), (2.0, 0.05, ("contradicted",) * 3)],
)
def test_claims_are_judged_by_what_is_found(training: float, input_: float, outcomes: tuple[str, ...]):
    headline = compute_headline(*_study(training, input_))
    claims = check_claims(headline)
    assert tuple(claim.outcome for claim in claims[:3]) == outcomes
    assert [found.group for found in headline.by_architecture[:2]] == ["V-RNN", "GRU"]
    assert len(headline.conclusions()) == 3 * (4 + 2 + 1)
    pairs = [found for found in headline.by_task_pair if found.contrast == "input - training"]
    assert len(pairs) == 3
    # Each cell holds every pair once, so the pairs' mean is the pooled mean.
    mean = sum(found.difference.estimate for found in pairs) / len(pairs)
    assert mean == pytest.approx(headline.pooled[0].difference.estimate)


def test_what_rounds_to_zero_has_no_sign():
    pooled = compute_headline(*_study(0.5, 0.5)).pooled
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
    mixed = compute_headline(one[0] + other[0], one[1] + other[1])
    assert check_claims(mixed)[3].outcome == "supported"
    assert check_claims(compute_headline(*one))[3].outcome == "open"


def test_no_change_by_training_or_input_leaves_it_to_the_task():
    found = compute_headline(*_study(0.0, 0.0, task=2.0))
    assert found.of("task - training").verdict == "task dominates"
    assert found.of("input - task").verdict == "task dominates"
    assert found.of("input - training").verdict == "cannot be told"


def test_cells_without_usable_comparisons_are_named():
    keys, comparisons = _study(0.2, 0.8)
    bad = Comparison(Status("too_few_networks"), 0, 20)
    comparisons = [
        bad if key.analysis == 2 and key.cell == ("GRU", "delay") else comparison
        for key, comparison in zip(keys, comparisons, strict=True)
    ]
    found = compute_headline(keys, comparisons)
    assert set(found.left_out) == {("input - training", "GRU", "delay"), ("input - task", "GRU", "delay")}
    assert found.of("input - training").difference.n_cells == 3


def test_a_pair_that_is_missing_in_one_analysis_leaves_only_contrasts_between_them():
    keys, comparisons = _study(0.2, 0.8)
    comparisons[0] = Comparison(Status("too_few_networks"), 0, 20)
    found = compute_headline(keys, comparisons)
    counts = {
        (cell.contrast, cell.n_comparisons) for cell in found.cells if (cell.architecture, cell.phase) == keys[0].cell
    }
    assert counts == {("input - training", 2), ("task - training", 2), ("input - task", 3)}


def test_seeds_that_one_comparison_lost_do_not_matter_to_the_others():
    keys, comparisons = _study(0.2, 0.8)
    first = comparisons[0]
    kept = np.arange(10) != 3
    smaller = Contrasts(
        first.contrasts.sums[np.ix_(kept, kept)],
        first.contrasts.differences[np.ix_(kept, kept)],
        first.contrasts.tasks[kept],
    )
    comparisons[0] = replace(first, contrasts=smaller, shares=compute_shares(smaller), seeds=first.seeds[kept])
    found = compute_headline(keys, comparisons)
    assert found.cells[0].difference.n_seeds == 5
    assert not found.left_out


def test_too_few_seeds_say_so():
    found = compute_headline(*_study(0.2, 0.8, n_seeds=2))
    assert not found.cells
    assert not found.pooled
    assert "Too few" in found.sentence


def test_keys_must_match():
    with pytest.raises(InputError, match="as many"):
        compute_headline([ComparisonKey(1, "GRU", "delay", "A", "B")], [])


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
