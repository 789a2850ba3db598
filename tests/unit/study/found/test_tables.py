"""Records as tables: a row says which record it is of, and what is not known is missing, never filled in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dynashape.dissimilarity import fit_operator
from dynashape.dissimilarity.kinds.reductions import Averages
from dynashape.inference.study.network_tables import tabulate_networks
from dynashape.inference.study.operator_tables import tabulate_eigenvalues, tabulate_operators
from dynashape.records import Code, Condition, Status, System
from dynashape.study.found.tables import tabulate_meta
from dynashape.study.work.meta_cluster import TooFewPoints
from dynashape.training.examined import Examined, Sizes

LABELS = ["architecture", "task", "seed", "condition", "phase"]


def system(seed: int, condition: Condition = Condition.TRAINED) -> System:
    return System.under(condition, "GRU", "DC", seed, noise="zero", phase="delay")


@pytest.fixture
def operator():
    fitted = fit_operator(np.random.default_rng(0).normal(size=(8, 10, 4)).cumsum(axis=1), 1, 2)
    return replace(fitted, matrix=np.array([[0.6, -0.8], [0.8, 0.6]]))


def test_eigenvalues_are_those_of_every_usable_operator(operator):
    lost = replace(operator, status=Status(Code.RANK_DEFICIENT))
    table = tabulate_eigenvalues({system(0): operator, system(1): lost, system(2): Status(Code.DIVERGED)})
    assert table[LABELS].drop_duplicates().to_numpy().tolist() == [["GRU", "DC", 0, "trained", "delay"]]
    assert sorted(table["imag"]) == pytest.approx([-0.8, 0.8])
    assert table["real"].tolist() == pytest.approx([0.6, 0.6])


def test_averages_have_a_status_and_no_eigenvalues():
    summaries = {system(0): Averages(np.ones((2, 4, 3)))}
    assert tabulate_eigenvalues(summaries).empty
    assert tabulate_operators(summaries)[[*LABELS, "status"]].to_numpy().tolist() == [
        ["GRU", "DC", 0, "trained", "delay", "ok"]
    ]


def test_a_system_without_an_operator_says_why(operator):
    lost = Status(Code.DIVERGED, "it grew")
    table = tabulate_operators({system(0): operator, system(0, Condition.NOISE): lost})
    assert table["condition"].tolist() == ["trained", "noise"]
    assert table.loc[1, ["status", "message"]].tolist() == ["diverged", "it grew"]
    assert table.loc[0, "explained_variance"] == operator.explained_variance
    assert np.isnan(table.loc[1, "explained_variance"])


def test_sizes_stand_beside_the_networks_that_were_examined(synthetic):
    networks = synthetic.read(synthetic.plan.trains[0])
    one = networks[0]
    sizes = Examined(one.seed, Sizes(3.0, 0.5), Sizes(2.0, None), ())
    table = tabulate_networks(networks, {(one.architecture, one.task, one.seed): sizes})
    assert table["seed"].tolist() == [own.seed for own in networks]
    columns = ["recurrent_norm", "activity_rms", "untrained_recurrent_norm"]
    assert table.loc[0, columns].tolist() == [3.0, 0.5, 2.0]
    assert table["untrained_activity_rms"].isna().all()
    assert table.loc[1:, columns].isna().all(axis=None)


def test_points_of_the_map_have_their_place_and_both_tasks(synthetic):
    table, meta = synthetic.results.meta_points, synthetic.results.meta
    assert len(table) == len(meta.levels)
    assert (table["task_pair"] == table["task_a"] + "-" + table["task_b"]).all()
    assert table["group"].tolist() == meta.found.groups.tolist()
    assert tabulate_meta(None).empty
    assert tabulate_meta(TooFewPoints("too few", (), 0)).empty


def test_rows_say_what_the_records_say(synthetic):
    """Of a whole study: every comparison twice, every network that was used, every corrected p-value."""
    results, names = synthetic.results, ["analysis", "architecture", "phase", "task_a", "task_b"]
    table = results.separability
    assert not table.duplicated([*names, "labelling"]).any()
    assert len(table) == 2 * sum(len(step.task_pairs) * 2 for step in synthetic.plan.final.compares)
    assert len(results.embeddings) == table["n_systems"].sum() / 2
    assert results.embeddings.groupby(names)["stress"].nunique().eq(1).all()
    corrected = {(own.key, str(own.term)): own for own in results.conclusions.family.corrected}
    assert len(corrected) == len(table)
    assert sorted(own.q_accuracy for own in corrected.values()) == sorted(table["q_value"])
