"""Distances between all systems come from tiles of their pairs; what failed has none, whatever stands in its place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dynashape.dissimilarity import align
from dynashape.records import Code, Condition, Status
from dynashape.steps import Reader, perform
from dynashape.store import Store
from dynashape.study.work.align import AlignedTile, join_tiles, pair_indices


@pytest.fixture
def copied(early, tmp_path):
    """A store with the fits of the study at update 2, after `change` has seen them."""
    plan, read = early
    (step,) = plan.snapshots[2].aligns
    other = Store.create(tmp_path / "store")

    def make(change):
        for fit in step.fits:
            other.save(fit.kind, fit.key, change(fit, dict(read(fit))), fit.result_type)
        perform(other.root, step)
        return step, Reader(other)

    return make


def test_a_distance_is_that_of_its_two_operators(early):
    plan, read = early
    (step,) = plan.final.aligns
    distances, counts = join_tiles([step], read)
    operators = {system: operator for fit in step.fits for system, operator in read(fit).items()}
    first, second = step.systems[0], step.systems[-1]
    assert distances.values[0, -1] == pytest.approx(align(operators[first], operators[second]).distance, abs=1e-12)
    assert list(distances.labels["condition"]) == [str(system.condition) for system in step.systems]
    assert (distances.dissimilarity, distances.unit) == ("dsa", "rad")
    assert counts.n_aligned == counts.n_pairs == len(step.systems) * (len(step.systems) - 1) // 2
    assert counts.median_spread is not None


@pytest.mark.parametrize("failed", [False, True])
def test_tiles_are_joined_to_one_matrix(early, tmp_path, failed):
    plan, _ = early
    (step,) = plan.final.aligns
    n, end = len(step.systems), step.pairs[1]
    tiles = [replace(step, pairs=pairs) for pairs in ((0, 5), (5, end))]
    store, rng = Store.create(tmp_path), np.random.default_rng(0)
    square = np.zeros((n, n))
    square[np.triu_indices(n, 1)] = rng.uniform(1, 2, end)
    square += square.T
    lost = np.zeros(n, dtype=bool)
    lost[3] = failed
    square[lost] = square[:, lost] = np.nan
    converged = rng.random(end) < 0.5
    for tile in tiles:
        rows, columns = pair_indices(n, tile.pairs)
        own = slice(*tile.pairs)
        aligned = ~(lost[rows] | lost[columns])
        record = AlignedTile(square[rows, columns], np.full(len(rows), 0.25), converged[own], aligned)
        store.save(tile.kind, tile.key, record, tile.result_type)
    distances, counts = join_tiles(tiles, Reader(store))
    assert np.array_equal(distances.values, square, equal_nan=True)
    rows, columns = np.triu_indices(n, 1)
    alive = ~(lost[rows] | lost[columns])
    assert (counts.n_pairs, counts.n_aligned) == (end, alive.sum())
    assert counts.n_converged == (converged & alive).sum()
    assert counts.median_spread == 0.25


def test_pairs_that_no_analysis_compares_are_not_aligned_along_learning(early):
    plan, read = early
    (step,) = plan.snapshots[5].aligns
    distances, counts = join_tiles([step], read)
    conditions = distances.labels["condition"]
    between = (conditions[:, None] == "untrained") & (conditions[None, :] == "noise")
    assert np.isnan(distances.values[between | between.T]).all()
    assert np.isfinite(distances.values[~(between | between.T)]).all()
    assert counts.n_aligned == counts.n_pairs - between.sum()


@pytest.mark.parametrize("missing", [False, True])
def test_a_snapshot_that_failed_does_not_pass_for_the_final_network(copied, missing):
    """Whether its operator says so, or its activity has none."""

    def lose(fit, found):
        if fit.record.update == 2 and fit.record.train.task.name == "DC":
            system = fit.record.system(fit.record.train.seeds[0], Condition.TRAINED, "delay")
            status = Status(Code.RANK_DEFICIENT)
            found[system] = status if missing else replace(found[system], status=status)
        return found

    step, read = copied(lose)
    distances, _ = join_tiles([step], read)
    alone = distances.where(task="DC", seed=step.fits[0].record.train.seeds[0], condition="trained")
    assert alone.sum() == 1
    assert np.array_equal(np.isnan(distances.values).all(axis=1), alone)


def test_without_any_operator_there_are_no_distances(copied):
    step, read = copied(lambda _, found: dict.fromkeys(found, Status(Code.DIVERGED)))
    distances, counts = join_tiles([step], read)
    assert np.isnan(distances.values).all()
    assert (counts.n_aligned, counts.median_spread) == (0, None)
