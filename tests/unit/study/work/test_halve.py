"""The floor of distances is that between the even and the odd trials of the same network."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from dynashape.dissimilarity import align, fit_operator
from dynashape.records import CONDITIONS, Code, Condition, RecordedActivity, Status
from dynashape.steps import Reader, perform
from dynashape.store import Store
from dynashape.study import load_spec
from dynashape.study.work.plan import make_plan

FIELDS = ["architectures=[GRU]", "tasks=[CDM, PR]", "phases=[delay]", "dsa.rank=3"]


@pytest.fixture
def activity():
    n_steps = load_spec("smoke").timing.n_steps
    return np.random.default_rng(0).normal(size=(20, n_steps, 5)).cumsum(axis=1)


def halve(tmp_path, activity, status=None, fields=()):
    """The halves of one system with this activity, and the phase they are of."""
    step = make_plan(load_spec("smoke", [*FIELDS, *fields])).halves[0]
    store, record = Store.create(tmp_path / "store"), step.record
    recording = RecordedActivity(activity, np.arange(len(activity)) % 2, status or Status())
    store.save(record.kind, record.key, {record.system(4, Condition.TRAINED): recording}, record.result_type)
    perform(store.root, step)
    ((system, found),) = Reader(store)(step).items()
    assert (system.seed, system.condition, system.phase) == (4, Condition.TRAINED, "delay")
    return found, slice(*step.record.train.timing.phases["delay"])


def test_the_distance_is_that_of_even_and_odd_trials(tmp_path, activity):
    found, delay = halve(tmp_path, activity)
    halves = [fit_operator(activity[first::2, delay], n_delays=2, rank=3) for first in (0, 1)]
    assert found == align(*halves).distance > 0


def test_equal_halves_are_at_distance_zero(tmp_path, activity):
    assert halve(tmp_path, np.repeat(activity, 2, axis=0))[0] == 0.0


def test_shapes_are_split_too(tmp_path, activity):
    found, _ = halve(tmp_path, activity, fields=["dissimilarity=procrustes"])
    assert 0 < found < np.pi


@pytest.mark.parametrize(
    ("trials", "status", "code"),
    [(20, Status(Code.DIVERGED, "it grew"), "diverged"), (1, None, "too_few_trials")],
)
def test_what_cannot_be_split_has_a_status_and_no_distance(tmp_path, activity, trials, status, code):
    found, _ = halve(tmp_path, activity[:trials], status)
    assert found.code == code
    assert found.message


def test_a_half_without_an_operator_says_why(tmp_path, activity):
    activity[::2] = 0.0
    found, _ = halve(tmp_path, activity)
    assert found.code == "silent"


def test_halves_of_units_stand_beside_those_of_other_networks(tmp_path):
    plan = make_plan(load_spec("smoke", [*FIELDS, "dsa.n_delays=1", "dsa.rank=2"]))
    store, (step,) = Store.create(tmp_path / "store"), plan.unit_halves
    rng, spec = np.random.default_rng(1), plan.spec
    for record in plan.records:
        turn, shown = 0.95 * np.array([[0.8, -0.6], [0.6, 0.8]]), rng.normal(size=(2, 8))
        found = {}
        for seed, condition in product(spec.seeds, CONDITIONS):
            latent = [rng.normal(size=(20, 2))]
            for _ in range(spec.timing.n_steps - 1):
                latent.append(latent[-1] @ turn + 0.1 * rng.normal(size=(20, 2)))
            activity = np.stack(latent, axis=1) @ shown
            found[record.system(seed, condition)] = RecordedActivity(activity, np.arange(20) % 2, Status())
        lost = record.system(spec.seeds[0], Condition.NOISE)
        found[lost] = RecordedActivity(activity[..., :3], np.arange(20) % 2, Status())
        store.save(record.kind, record.key, found, record.result_type)
    perform(store.root, step)
    halves = Reader(store)(step)
    assert [status.code for status in halves.lost.values()] == ["undetermined"] * 2
    # Without noise of its own each unit shows the same two dimensions, so that halves of a network are the same.
    within, trained = np.diag(halves.distances), [own.condition is Condition.TRAINED for own in step.systems]
    assert np.isnan(within).sum() == 2
    assert np.nanmax(within) < 1e-3
    assert np.isfinite(halves.distances[np.ix_(trained, trained)]).all()
    assert np.isfinite(halves.distances).sum() == sum(trained) ** 2 + (~np.isnan(within) & ~np.array(trained)).sum()
