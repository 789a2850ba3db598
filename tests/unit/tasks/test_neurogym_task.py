from __future__ import annotations

import pickle
import random
from types import SimpleNamespace

import numpy as np
import pytest
from neurogym.core import TrialEnv
from neurogym.utils import spaces

from dynashape.errors import SpecError
from dynashape.tasks import NeurogymTask, Task, Timing, make_task
from dynashape.tasks.neurogym_environments import build_environment, draw_trial, seed_environment, trial_environments

TIMING = Timing(fixation_ms=120, stimulus_ms=240, delay_ms=120, decision_ms=360)
MATCH = {"fixation": "fixation", "sample": "stimulus", "delay": "delay", "test": "decision", "decision": "decision"}
ASSOCIATION = {
    "fixation": "fixation",
    "stim1": "stimulus",
    "delay_btw_stim": "delay",
    "stim2": "decision",
    "delay_aft_stim": "decision",
    "decision": "decision",
}
# Gymnasium warns about how NeuroGym's collections reach through their own wrappers, and about roitman02's metadata.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:gymnasium")
PLAIN = {phase: phase for phase in ("fixation", "stimulus", "delay", "decision")}
WANTED = [
    ("PerceptualDecisionMakingDelayResponse-v0", PLAIN, (24, 42)),
    ("DelayMatchSample-v0", MATCH, (33, 42)),
    ("DelayPairedAssociation-v0", ASSOCIATION, (36, 42)),
    ("yang19.dms-v0", MATCH, (33, 42)),
]


class MyEnvironment(TrialEnv):
    """A cue says left or right. The rest of this text is not the first sentence."""

    def __init__(self, dt=100, strength=1.0):
        super().__init__(dt=dt)
        self.strength = strength
        self.timing = {"fix": 100, "cue": 100, "hold": lambda: self.rng.uniform(100, 300), "go": 100}
        self.observation_space = spaces.Box(-np.inf, np.inf, shape=(3,), dtype=np.float32)
        self.action_space = spaces.Discrete(3)

    def _new_trial(self, **kwargs):
        trial = {"side": int(self.rng.choice([1, 2])), "vector": self.rng.rand(2)}
        trial["ragged"] = [0] * self.rng.randint(1, 4)
        trial.update(kwargs)
        self.add_period(["fix", "cue", "hold", "go"])
        self.add_ob(self.strength, "cue", where=trial["side"])
        self.set_groundtruth(trial["side"], "go")
        return trial


MINE = {"fix": "fixation", "cue": "stimulus", "hold": "delay", "go": "decision"}


def variant(**methods):
    """A subclass of MyEnvironment with some methods replaced."""
    return type("Variant", (MyEnvironment,), methods)


def new_trial(edit):
    """A `_new_trial` that edits what MyEnvironment's made."""

    def _new_trial(self, **kwargs):
        trial = MyEnvironment._new_trial(self, **kwargs)
        edit(self)
        return trial

    return _new_trial


@pytest.mark.parametrize(("name", "period_to_phase", "window"), WANTED)
def test_environments_are_laid_over_the_phases(name, period_to_phase, window):
    task = make_task(name, TIMING, period_to_phase=period_to_phase)
    assert isinstance(task, NeurogymTask)
    assert task.phases == TIMING.phases
    assert task.response_window == window
    trials = task.sample(40, np.random.default_rng(0))
    assert trials.inputs.shape == (40, 42, task.n_inputs)
    assert trials.inputs.dtype == np.float32
    assert trials.targets.dtype == np.int64
    assert (trials.targets[:, slice(*window)] == trials.conditions["choice"][:, None]).all()
    assert not trials.targets[:, : window[0]].any()
    assert len(np.unique(trials.conditions["choice"])) > 1
    assert trials.targets.max() < task.n_actions
    assert task.ideal_choices(trials) is None


@pytest.mark.parametrize(("name", "period_to_phase", "window"), WANTED)
def test_trials_follow_from_the_generator_alone(name, period_to_phase, window):
    task = make_task(name, TIMING, period_to_phase=period_to_phase)
    np.random.seed(1)  # noqa: NPY002  the global state must not matter
    first = task.sample(20, np.random.default_rng(5))
    task.sample(3, np.random.default_rng(99))
    np.random.seed(2)  # noqa: NPY002
    again = task.sample(20, np.random.default_rng(5))
    other = task.sample(20, np.random.default_rng(6))
    assert np.array_equal(first.inputs, again.inputs)
    assert np.array_equal(first.targets, again.targets)
    assert not np.array_equal(first.inputs, other.inputs)


def test_successive_batches_differ():
    task, rng = make_task("DelayMatchSample-v0", TIMING, period_to_phase=MATCH), np.random.default_rng(0)
    assert not np.array_equal(task.sample(5, rng).inputs, task.sample(5, rng).inputs)


def test_stimuli_lie_in_their_phases():
    task = make_task("DelayPairedAssociation-v0", TIMING, input_noise=0.0, period_to_phase=ASSOCIATION)
    trials = task.sample(30, np.random.default_rng(0))
    on = np.flatnonzero(trials.inputs[:, :, 1:].any(axis=(0, 2)))
    assert on.tolist() == [*range(6, 18), *range(24, 30)]  # stimulus phase, and the first third of the decision phase
    assert task.periods == {
        "fixation": (0, 6),
        "stim1": (6, 18),
        "delay_btw_stim": (18, 24),
        "stim2": (24, 30),
        "delay_aft_stim": (30, 36),
        "decision": (36, 42),
    }
    first = trials.inputs[np.arange(30), 10, trials.conditions["pair_0"]]
    assert (first == 1).all()


def test_input_noise_is_added_to_the_environments_inputs():
    quiet, noisy = (
        make_task("DelayPairedAssociation-v0", TIMING, input_noise=sd, period_to_phase=ASSOCIATION) for sd in (0.0, 0.2)
    )
    noise = noisy.sample(200, np.random.default_rng(0)).inputs - quiet.sample(200, np.random.default_rng(0)).inputs
    # Relative standard error of the variance of 42,000 numbers is 0.7 %; four of them.
    assert noise.var() == pytest.approx(0.04, rel=0.028)


def test_parameters_reach_the_environment():
    silent = make_task("DelayMatchSample-v0", TIMING, input_noise=0.0, period_to_phase=MATCH, sigma=0.0, dim_ring=4)
    trials = silent.sample(10, np.random.default_rng(0))
    assert silent.n_inputs == 5
    assert len(np.unique(trials.inputs.round(5))) <= 3


def test_names_of_channels_and_actions_come_from_the_environment():
    task = make_task("DelayMatchSample-v0", TIMING, period_to_phase=MATCH)
    assert task.input_names == ("fixation", "stimulus0", "stimulus1")
    assert task.action_names == ("fixation", "match", "non-match")
    assert task.description == "Delayed match-to-sample task."
    assert make_task(MyEnvironment, TIMING, period_to_phase=MINE).input_names == ("input0", "input1", "input2")


def test_environments_of_a_collection_do_not_share_a_stream():
    """NeuroGym seeds them all alike, so that the trials of one repeat those of the other."""
    env = build_environment("yang19.go-v0", 20)
    cores = trial_environments(env)
    assert len(cores) == 2
    env.seed(3)
    assert cores[0].rng.rand() == cores[1].rng.rand()
    seed_environment(env, np.random.default_rng(3))
    assert cores[0].rng.rand() != cores[1].rng.rand()


def test_generators_that_env_seed_does_not_know_are_seeded():
    def build(self, dt=100):
        MyEnvironment.__init__(self, dt=dt)
        self.hidden = np.random.default_rng()
        self.holder = SimpleNamespace(rng=np.random.RandomState())

    def edit(self):
        self.ob[:, 0] += self.hidden.normal() + self.holder.rng.normal()

    task = NeurogymTask(variant(__init__=build, _new_trial=new_trial(edit)), TIMING, period_to_phase=MINE)
    a, b = (task.sample(5, np.random.default_rng(0)).inputs for _ in range(2))
    assert np.array_equal(a, b)


def test_a_class_and_its_entry_point_are_the_same_task(tmp_path, monkeypatch):
    (tmp_path / "my_lab_tasks.py").write_text(
        "from neurogym.envs.native.delaypairedassociation import DelayPairedAssociation\n"
        "class Pair(DelayPairedAssociation):\n"
        "    'My own pairs. And more.'\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    by_name = make_task("my_lab_tasks:Pair", TIMING, period_to_phase=ASSOCIATION)
    from my_lab_tasks import Pair

    by_class = make_task(Pair, TIMING, period_to_phase=ASSOCIATION)
    assert (by_name.name, by_class.name) == ("my_lab_tasks:Pair", "Pair")
    assert by_name.description == "My own pairs."
    a, b = (task.sample(5, np.random.default_rng(0)) for task in (by_name, by_class))
    assert np.array_equal(a.inputs, b.inputs)


def test_a_task_travels_to_a_worker_and_back():
    task = make_task("DelayMatchSample-v0", TIMING, period_to_phase=MATCH)
    copy = pickle.loads(pickle.dumps(task))
    a, b = (each.sample(5, np.random.default_rng(0)).inputs for each in (task, copy))
    assert np.array_equal(a, b)


def test_the_corrected_environment_can_be_pickled():
    env = build_environment("dynashape.tasks.neurogym_environments:ContextDecisionMakingWithGoCue", 20)
    assert pickle.loads(pickle.dumps(type(env))) is type(env)


def test_conditions_are_the_environments_own_records():
    conditions = make_task(MyEnvironment, TIMING, period_to_phase=MINE).sample(20, np.random.default_rng(0)).conditions
    assert set(conditions) == {"side", "vector_0", "vector_1", "choice"}
    assert np.array_equal(conditions["side"], conditions["choice"])


def test_one_trial_can_be_forced():
    env = build_environment(MyEnvironment, 20)
    assert {int(draw_trial(env, side=2).gt[-1]) for _ in range(10)} == {2}


@pytest.mark.parametrize(
    ("period_to_phase", "message"),
    [
        (
            {**MATCH, "sampel": "stimulus"},
            "unknown period .*'sampel'; did you mean 'sample'",
        ),
        ({**MATCH, "delay": "dealy"}, "unknown phase for period 'delay'.*'dealy'; did you mean 'delay'"),
        ({k: v for k, v in MATCH.items() if k != "test"}, "must map every period .*got none for test"),
        ({**MATCH, "delay": "stimulus", "sample": "delay"}, "got 'sample' in 'delay' before 'delay' in 'stimulus'"),
        ({**MATCH, "fixation": "stimulus"}, "must give each phase a period; got none for fixation"),
        ({**MATCH, "delay": "stimulus", "test": "delay"}, None),
        (
            {"fixation": "fixation", "sample": "stimulus", "delay": "stimulus", "test": "delay", "decision": "delay"},
            "must give each phase a period; got none for decision",
        ),
    ],
)
def test_a_map_that_does_not_fit_is_one_clear_sentence(period_to_phase, message):
    def build():
        return make_task("DelayMatchSample-v0", TIMING, period_to_phase=period_to_phase)

    if message is None:
        assert build().response_window == (24, 42)
        return
    with pytest.raises(SpecError, match=message):
        build()


def test_a_phase_that_its_periods_cannot_share():
    with pytest.raises(SpecError, match=r"'DelayMatchSample-v0' .* 'decision' to be a multiple of 2; got 17 steps"):
        make_task("DelayMatchSample-v0", Timing(decision_ms=340), period_to_phase=MATCH)


def test_a_response_before_the_decision_phase_names_period_and_phase():
    late = variant(_new_trial=new_trial(lambda self: self.set_groundtruth(1, "hold")))
    with pytest.raises(SpecError, match="asks for a response in period 'hold', which is mapped to phase 'delay'"):
        NeurogymTask(late, TIMING, period_to_phase=MINE)


def test_a_length_that_cannot_be_fixed_names_period_and_phase():
    with pytest.raises(SpecError, match=r"keep period 'production' \(phase 'decision'\) at steps 24\.\.42; got"):
        make_task(
            "MotorTiming-v0",
            TIMING,
            period_to_phase={"fixation": "fixation", "cue": "stimulus", "set": "delay", "production": "decision"},
        )


def test_periods_of_some_trials_only():
    with pytest.raises(SpecError, match="must have the same periods in every trial; got 'pre_sure' in some only"):
        make_task("PostDecisionWager-v0", TIMING, period_to_phase=PLAIN)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (variant(_new_trial=new_trial(lambda self: self.set_groundtruth(0, "go"))), "another action than 0 somewhere"),
        (
            variant(_new_trial=new_trial(lambda self: self.set_groundtruth(2, "go"))),
            "more than one right action",
        ),
        (
            variant(_new_trial=new_trial(lambda self: self.gt.__setitem__(slice(-2, None), 0))),
            r"one right action through its response \(period 'go'\)",
        ),
        (
            variant(_new_trial=new_trial(lambda self: self.add_ob(np.random.rand()))),  # noqa: NPY002
            "must draw from self.rng only; got draws from the random state of numpy",
        ),
        (
            variant(_new_trial=new_trial(lambda self: self.add_ob(random.random()))),
            "must draw from self.rng only",
        ),
        # Seeded anew in each trial it gives equal trials, and takes the state from everybody else.
        (
            variant(_new_trial=new_trial(lambda self: np.random.seed(0))),  # noqa: NPY002
            "must draw from self.rng only",
        ),
        # Drawn once, when it is built.
        (
            variant(__init__=lambda self, dt=100: MyEnvironment.__init__(self, dt=dt, strength=np.random.rand())),  # noqa: NPY002
            "must draw from self.rng only",
        ),
        (
            variant(_new_trial=new_trial(lambda self: self.add_ob(np.random.default_rng().random()))),
            "must draw equal trials from equal seeds",
        ),
        (variant(__init__=lambda self, dt=100: MyEnvironment.__init__(self, dt=50)), "given, dt=20; got dt=50"),
        (variant(__init__=lambda self: None), "cannot be built with dt=20"),
        ("Bandit-v0", "must say which action is right"),
        ("ReachingDelayResponse-v0", "must have discrete actions"),
        ("Null-v0", "at least two actions"),
        ("CartPole-v1", "cannot be built with dt=20"),
        ("perceptualdecisionmaking.roitman02-v0", "got ReactionTime, whose trials cannot be drawn without an agent"),
        (
            "DelayMatchSampel-v0",
            "unknown NeuroGym environment .* did you mean 'DelayMatchSample-v0'",
        ),
        ("no_such_module:Thing", "cannot load the environment 'no_such_module:Thing'"),
        ("neurogym:NoSuchClass", "cannot load the environment 'neurogym:NoSuchClass'"),
    ],
)
def test_an_environment_that_cannot_serve_is_one_clear_sentence(environment, message):
    with pytest.raises(SpecError, match=message):
        make_task(environment, TIMING, period_to_phase=MINE)


def test_it_is_a_task():
    assert issubclass(NeurogymTask, Task)
