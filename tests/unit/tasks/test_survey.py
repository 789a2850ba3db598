"""What trials show is found in the trials: of NeuroGym's environments, and of ones made to lack each thing in turn."""

from __future__ import annotations

import numpy as np
import pytest
from neurogym.core import TrialEnv
from neurogym.utils import spaces

from dynashape.tasks import TASKS, NeurogymTask, Timing, compare_go_cues, make_task, survey_trials
from dynashape.tasks.pooled import PooledTask

PLAIN = {phase: phase for phase in ("fixation", "stimulus", "delay", "decision")}
CATEGORY = {"fixation": "fixation", "sample": "stimulus", "first_delay": "delay", "test": "decision"}
TIMING = Timing(fixation_ms=80, stimulus_ms=80, delay_ms=80, decision_ms=80)
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:gymnasium")


class Made(TrialEnv):
    """Report the side of a stimulus: shown or hidden, with or without a go cue, context and noise."""

    def __init__(self, dt=100, go=True, context="shown", hidden=0.0, noise=0.0):
        super().__init__(dt=dt)
        self.go, self.context, self.hidden, self.noise = go, context, hidden, noise
        self.timing = dict.fromkeys(PLAIN, 100)
        name = {"fixation": 0, "left": 1, "right": 2, "rule": 3, "unused": 4}
        self.observation_space = spaces.Box(-np.inf, np.inf, shape=(5,), dtype=np.float32, name=name)
        self.action_space = spaces.Discrete(3)

    def _new_trial(self, **kwargs):
        trial = {"side": int(self.rng.choice([1, 2])), "rule": int(self.context != "one" and self.rng.choice([0, 1]))}
        trial.update(kwargs)
        self.add_period(list(PLAIN))
        self.add_ob(1, ["fixation", "stimulus", "delay", *([] if self.go else ["decision"])], where="fixation")
        if self.rng.rand() >= self.hidden:
            self.add_ob(1, "stimulus", where=trial["side"])
        if self.context == "shown":
            self.add_ob(trial["rule"], where="rule")
        self.ob += self.rng.randn(*self.ob.shape) * self.noise  # not by add_randn: it cannot be taken away
        self.set_groundtruth(3 - trial["side"] if trial["rule"] else trial["side"], "decision")
        return trial


def survey(**parameters):
    return survey_trials(NeurogymTask(Made, TIMING, period_to_phase=PLAIN, **parameters))


def foreign(name, period_to_phase=PLAIN, timing=TIMING, **parameters):
    return survey_trials(make_task(name, timing, period_to_phase=period_to_phase, **parameters))


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_a_go_cue_a_context_and_what_never_varies_are_found(noise):
    found = survey(noise=noise)
    assert (found.response_inputs, found.go_inputs) == (("fixation",), ("fixation",))
    assert found.cued == 1 or noise
    assert found.context_inputs == ("rule",)
    assert found.constant_inputs == (("unused",) if not noise else ())
    assert not found.ideal_observer
    if not noise:
        assert found.n_contexts == 2
        assert found.answers.held is True
        assert not found.remarks


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_a_missing_go_cue_is_found(noise):
    found = survey(go=False, noise=noise)
    assert (found.response_inputs, found.go_inputs, found.cued) == ((), (), 0.0)
    assert "no input changes when the response begins" in found.remarks[0]
    assert found.words["when the response begins"] == "no input changes"


def test_one_context_in_all_trials_is_a_condition_that_never_varies():
    found = survey(context="one")
    assert found.context_inputs == ()
    assert found.words["context"] == "none shown"
    assert found.constant_conditions == {"rule": "0"}
    assert found.words["never varies"] == "rule = 0, input rule, unused"


def test_a_context_that_is_hidden_takes_the_answer_from_the_inputs():
    found = survey(context="hidden")
    assert found.answers.held is False
    assert found.answers.agreement == pytest.approx(0.5, abs=0.06)
    assert "do not hold the answer" in found.remarks[0]


def test_a_stimulus_that_is_sometimes_missing_takes_a_part_of_it():
    found = survey(hidden=0.3)
    # Nearest trials disagree in half of the trials without a stimulus.
    assert found.answers.equal_agreement == pytest.approx(0.85, abs=0.04)
    assert found.answers.held is True
    assert "hold the answer in part" in found.remarks[0]


def test_noise_that_cannot_be_taken_away_leaves_the_answer_open():
    assert survey(noise=0.2).answers.held is None


def test_the_raw_environment_of_context_dependent_decisions_lacks_cue_and_context():
    found = foreign("ContextDecisionMaking-v0")
    assert found.response_inputs == found.context_inputs == ()
    assert found.constant_conditions == {"context": "0"}
    shown = foreign("ContextDecisionMaking-v0", use_expl_context=True)
    assert (shown.context_inputs, shown.n_contexts) == (("context1", "context2"), 2)


@pytest.mark.parametrize("timing", [TIMING, Timing(stimulus_ms=960)])
@pytest.mark.parametrize(("dim_ring", "held"), [(2, False), (8, True)])
def test_two_places_of_a_ring_do_not_hold_the_category(dim_ring, held, timing):
    """They show the cosine of an angle whose sine decides."""
    answers = foreign("DelayMatchCategory-v0", CATEGORY, timing, dim_ring=dim_ring).answers
    assert answers.held is held
    assert answers.chance == pytest.approx(0.5, abs=0.02)


def test_stimuli_that_mark_the_response_are_no_go_cue():
    match = {"fixation": "fixation", "sample": "stimulus", "delay": "delay", "test": "decision", "decision": "decision"}
    found = foreign("yang19.dms-v0", match, Timing(decision_ms=160))
    assert not found.go_inputs
    assert found.cued == 1
    assert found.words["when the response begins"].startswith("no go cue; stimuli change")


@pytest.mark.parametrize("name", TASKS)
def test_our_own_tasks_have_a_go_cue_and_an_ideal_observer(name):
    found = survey_trials(make_task(name))
    assert found.go_inputs == ("fixation",)
    assert found.ideal_observer
    assert not found.remarks
    assert found.n_contexts == (2 if name == "CDM" else 1)


def test_trials_without_noise_are_those_of_the_environment():
    for name in TASKS:
        quiet = make_task(name, input_noise=0.0)
        trials = quiet.sample_noise_free(50, np.random.default_rng(0))
        noisy = make_task(name).trials_of(
            {key: values for key, values in trials.conditions.items() if key != "evidence"}, np.random.default_rng(1)
        )
        assert np.array_equal(trials.targets, noisy.targets)
        # The mean of 50 x 96 values of noise of at most .23 a step.
        assert np.abs((noisy.inputs - trials.inputs).mean(axis=(0, 1))).max() < 0.02
    task = make_task("DelayMatchCategory-v0", TIMING, period_to_phase=CATEGORY)
    trials = task.sample_noise_free(20, np.random.default_rng(0))
    inside = np.abs(np.diff(trials.inputs, axis=1)).reshape(20, -1, 3)
    boundaries = [start for start, _ in task.periods.values() if start]
    assert not np.delete(inside, [step - 1 for step in boundaries], axis=1).any()
    pooled = PooledTask(task, 64, 8, np.random.default_rng(0)).sample_noise_free(20, np.random.default_rng(0))
    assert np.array_equal(pooled.inputs, trials.inputs)


def test_the_mean_that_comes_with_noise_stays():
    class Shifted(Made):
        def _new_trial(self, **kwargs):
            trial = super()._new_trial(**kwargs)
            self.add_randn(0.5, 1.0, ["delay"], where="left")
            return trial

    task = NeurogymTask(Shifted, TIMING, period_to_phase=PLAIN)
    start, stop = task.phases["delay"]
    assert (task.sample_noise_free(5, np.random.default_rng(0)).inputs[:, start:stop, 1] == 0.5).all()


def test_a_mixture_of_tasks_with_and_without_a_go_cue_is_said():
    raw, ours, made = foreign("ContextDecisionMaking-v0"), survey_trials(make_task("GNG")), survey()
    said = compare_go_cues([ours, raw, made])
    assert "of GNG, Made, but not of ContextDecisionMaking-v0 (no input changes)" in said
    assert compare_go_cues([ours, made]) == compare_go_cues([raw]) == ""
