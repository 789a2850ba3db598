"""Activity at an update: the weights are those of the update, all else is the final networks' own."""

from __future__ import annotations

import numpy as np

from dynashape.records import Condition
from dynashape.seeds import stream
from dynashape.study.work.record import Record
from dynashape.study.work.train import weights_at
from dynashape.training import record_activity


def of_task(plan, task: str) -> tuple[Record, dict[int, Record]]:
    """The recording of a task's final networks, and those of every update."""
    (final,) = [step for step in plan.records if step.train.task.name == task]
    along = {update: Record(final.train, final.activity, update) for update in plan.snapshots}
    return final, along


def test_every_system_is_recorded_and_conditions_are_paired(early):
    plan, read = early
    step, _ = of_task(plan, "DC")
    found = read(step)
    assert set(found) == {step.system(seed, condition) for seed in plan.spec.seeds for condition in Condition}
    n_trials, n_steps = plan.spec.activity.n_trials, plan.spec.timing.n_steps
    for system, recording in found.items():
        assert recording.status.ok
        assert recording.activity.shape == (n_trials, n_steps, plan.spec.networks.n_units)
        untrained = found[step.system(system.seed, Condition.UNTRAINED)]
        assert np.array_equal(recording.choices, untrained.choices)
    first, second = (found[step.system(seed, Condition.TRAINED)] for seed in plan.spec.seeds[:2])
    assert not np.array_equal(first.choices, second.choices)


def test_activity_at_an_update_is_that_of_its_weights_on_the_final_networks_trials(early):
    plan, read = early
    step, along = of_task(plan, "DC")
    found, final, seeds = read(along[2]), read(step), plan.spec.seeds
    conditions = (Condition.TRAINED, Condition.NOISE)
    assert set(found) == {step.system(seed, condition) for seed in seeds for condition in conditions}
    assert not along[2].kept
    task, networks = step.train.build_task(), read(step.train)
    trials = [task.sample(step.activity.n_trials, stream("activity", "GRU", "DC", seed)) for seed in seeds]
    then = [network.snapshots[2] for network in networks]
    expected, _ = record_activity(step.train.build_cell(), then, np.stack([own.inputs for own in trials]))
    for place, seed in enumerate(seeds):
        system = step.system(seed, Condition.TRAINED)
        assert np.array_equal(found[system].activity, expected[place])
        assert not np.array_equal(found[system].activity, final[system].activity)
        assert np.array_equal(found[system].choices, final[system].choices)


def test_a_network_that_was_done_keeps_its_final_weights(early):
    plan, read = early
    step, along = of_task(plan, "GNG")
    for network in read(step.train):
        assert network.updates == 3
        assert 5 not in network.snapshots
        assert weights_at(network, 5) is network.final is weights_at(network, None)
        assert weights_at(network, 2) is network.snapshots[2]
    final = read(step)
    for system, recording in read(along[5]).items():
        assert np.array_equal(recording.activity, final[system].activity)
