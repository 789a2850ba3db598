"""Delays and rank that are left open are chosen once, and all that reduces activity takes them."""

from __future__ import annotations

import numpy as np
import pytest

from dynashape.dissimilarity import DsaDistance
from dynashape.errors import InputError
from dynashape.records import CONDITIONS, RecordedActivity, Status
from dynashape.steps import Reader, perform
from dynashape.store import Store
from dynashape.study import load_spec
from dynashape.study.work.choose import settle
from dynashape.study.work.plan import make_plan

FIELDS = [
    "architectures=[GRU]",
    "tasks=[CDM, PR]",
    "phases=[delay]",
    "dsa={n_delays: auto, rank: auto, criterion: gap}",
]


def recorded(tmp_path, make):
    """A store with this activity of every system, and the plan."""
    plan, store = make_plan(load_spec("smoke", FIELDS)), Store.create(tmp_path / "store")
    for record in plan.records:
        found = {
            record.system(seed, condition): RecordedActivity(make(seed), np.arange(20) % 2, Status())
            for seed in plan.spec.seeds
            for condition in CONDITIONS
        }
        store.save(record.kind, record.key, found, record.result_type)
    return plan, store


def test_the_choice_is_one_and_operators_have_it(tmp_path):
    rng, n_steps = np.random.default_rng(0), load_spec("smoke").timing.n_steps

    def make(seed):
        latent = rng.normal(size=(20, n_steps, 3)).cumsum(axis=1)
        seen = latent @ rng.normal(size=(3, 8)) + 0.01 * rng.normal(size=(20, n_steps, 8))
        return np.concatenate([seen, np.zeros((20, n_steps, seed % 2))], axis=2)  # silent units change nothing

    plan, store = recorded(tmp_path, make)
    perform(store.root, plan.choice)
    read = Reader(store)
    chosen = read(plan.choice)
    assert (chosen.rank, chosen.criterion) == (3, "gap")
    assert chosen.table.loc[chosen.table["chosen"], ["n_delays", "rank"]].to_numpy().tolist() == [[chosen.n_delays, 3]]
    assert settle(plan.spec.measure, plan.choice, read) == DsaDistance(chosen.n_delays, 1, 3)
    perform(store.root, plan.final.fits[0])
    assert {operator.matrix.shape for operator in read(plan.final.fits[0]).values()} == {(3, 3)}


def test_silent_networks_leave_nothing_to_choose_from(tmp_path):
    plan, store = recorded(tmp_path, lambda seed: np.zeros((20, load_spec("smoke").timing.n_steps, 8 + seed)))
    with pytest.raises(InputError, match="no trained network has activity of which halves can be compared"):
        perform(store.root, plan.choice)
