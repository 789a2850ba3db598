"""Any NeuroGym environment as a task in four phases, given a map from its periods to the phases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, final

import numpy as np
from jaxtyping import Int, Shaped

from dynashape.errors import SpecError, unknown_name
from dynashape.records import PHASES, Array, Trials
from dynashape.seeds import stream
from dynashape.tasks.neurogym_environments import (
    Source,
    build_environment,
    draw_trial,
    draws_globally,
    environment_name,
    seed_environment,
    set_durations,
    silence,
)
from dynashape.tasks.noise import gaussian_noise
from dynashape.tasks.task import Task
from dynashape.tasks.timing import Timing

# Enough trials to meet a label or a period that occurs in a tenth of the trials with certainty (0.9**100 < 1e-4).
_N_PROBES = 100
# Periods that come and go are also caught in every later trial, and an unseeded stream shows at once: fewer will do.
_N_PERIOD_PROBES = 40
_N_TWIN_PROBES = 20


@final
class NeurogymTask(Task):
    """A NeuroGym environment as a task: its periods are laid over the four phases, its trials drawn by NeuroGym itself.

    Parameters
    ----------
    environment : str or type
        A registered id, an entry point ``"module:Class"`` or a class.
    timing : Timing, optional
        The time step and the lengths of the phases; by default 24 steps of 20 ms in each phase. They overwrite the
        durations that the environment would use, so a period of random length gets a fixed one.
    input_noise : float, default 0.05
        The standard deviation of Gaussian noise on every input channel at every step, on top of the environment's own.
    period_to_phase : mapping of str to str
        A phase for every period of a trial, in order. Periods of one phase share its steps equally.
    **parameters
        Further arguments of the environment's constructor.

    Attributes
    ----------
    periods : dict of str to tuple of two int
        The first step of each period, and the step after its last.

    Raises
    ------
    SpecError
        Where the periods cannot be laid over the phases; the message names the period and the phase.

    Notes
    -----
    The response window runs over the periods in which another action than 0 can be right. The conditions of a trial are
    ``choice`` and whatever scalars the environment keeps in its ``trial`` (a vector ``v`` becomes ``v_0``, ``v_1``,
    ...). There is no ideal observer: `ideal_choices` returns None.

    Trials follow from the generator given to `sample` alone: the environment is built anew and seeded for each batch.

    Examples
    --------
    >>> task = NeurogymTask("DelayMatchSample-v0", period_to_phase={
    ...     "fixation": "fixation", "sample": "stimulus", "delay": "delay", "test": "decision", "decision": "decision"})
    >>> task.periods["test"], task.response_window
    ((72, 84), (84, 96))
    """

    def __init__(
        self,
        environment: Source,
        timing: Timing | None = None,
        input_noise: float = 0.05,
        *,
        period_to_phase: Mapping[str, str],
        **parameters: Any,
    ) -> None:
        super().__init__(timing or Timing(), input_noise)
        self.environment = environment
        self.name = environment_name(environment)
        self.label = self.name
        self.parameters = dict(parameters)
        env = build_environment(environment, self.timing.dt_ms, self.parameters)
        check_spaces(self.name, env)
        self.input_names = _channel_names(env.observation_space, int(env.observation_space.shape[0]), "input")
        self.action_names = _channel_names(env.action_space, int(env.action_space.n), "action")
        self.description = _first_sentence(env)
        self.period_to_phase = _checked_map(self.name, period_to_phase, periods_of(self.name, env))
        self.periods = self._lay_over_phases()
        self._response_window = self._find_response_window()

    @property
    def response_window(self) -> tuple[int, int]:
        return self._response_window

    def sample(self, n_trials: int, rng: np.random.Generator) -> Trials:
        trials = self._draw(self.fresh_environment(rng), n_trials)
        if self.input_noise:
            noise = gaussian_noise(trials.inputs.shape, rng)
            noise *= np.float32(self.input_noise)
            trials.inputs[...] += noise
        return trials

    def sample_noise_free(self, n_trials: int, rng: np.random.Generator) -> Trials:
        """Draw trials without the noise that the environment adds by `add_randn`, the way of NeuroGym's own.

        Noise that an environment adds in another way stays.
        """
        env = self.fresh_environment(rng)
        silence(env)
        return self._draw(env, n_trials)

    def _draw(self, env: Any, n_trials: int) -> Trials:
        self._check_n_trials(n_trials)
        inputs = np.empty((n_trials, self.timing.n_steps, self.n_inputs), dtype=np.float32)
        targets = np.empty((n_trials, self.timing.n_steps), dtype=np.int64)
        records: list[Mapping[str, object]] = []
        for k in range(n_trials):
            core = draw_trial(env)
            self._check_length(core)
            inputs[k], targets[k] = core.ob, core.gt
            records.append(dict(core.trial))
        choice = targets[:, self._response_window[0]].copy()
        return Trials(inputs, targets, {**_scalars(records), "choice": choice})

    def fresh_environment(self, rng: np.random.Generator) -> Any:
        """Build an environment with its periods laid over the phases and every random stream seeded from `rng`."""
        env = build_environment(self.environment, self.timing.dt_ms, self.parameters)
        dt_ms = self.timing.dt_ms
        set_durations(env, {period: (stop - start) * dt_ms for period, (start, stop) in self.periods.items()})
        seed_environment(env, rng)
        return env

    def _lay_over_phases(self) -> dict[str, tuple[int, int]]:
        """First step and the step after the last of each period."""
        bounds: dict[str, tuple[int, int]] = {}
        for phase in PHASES:
            periods = [period for period, of in self.period_to_phase.items() if of == phase]
            bounds |= dict(zip(periods, self.timing.parts(phase, len(periods), task=self.name), strict=True))
        return bounds

    def _check_length(self, core: Any) -> None:
        for period, wanted in self.periods.items():
            got = core.start_ind.get(period), core.end_ind.get(period)
            if got != wanted:
                raise SpecError(
                    f"environment {self.name!r} must keep period {period!r} (phase {self.period_to_phase[period]!r}) "
                    f"at steps {wanted[0]}..{wanted[1]}; got {got[0]}..{got[1]}. It sets that length or place itself, "
                    f"trial by trial; take another environment, or subclass it so that it reads timing[{period!r}]."
                )
        if core.ob.shape != (self.timing.n_steps, self.n_inputs):
            raise SpecError(
                f"environment {self.name!r} must give trials of {self.timing.n_steps} steps and {self.n_inputs} "
                f"inputs; got {core.ob.shape}. Every period needs a place in period_to_phase."
            )

    def _probe(self) -> None:
        env = self.fresh_environment(stream("neurogym probe", self.name))
        for _ in range(_N_PROBES):
            draw_trial(env)

    def _find_response_window(self) -> tuple[int, int]:
        if draws_globally(self._probe):
            raise SpecError(
                f"environment {self.name!r} must draw from self.rng only; got draws from the random state of numpy or "
                "Python that all code shares (np.random, random), so its trials cannot be drawn again. Put self.rng in "
                "the place of np.random and random."
            )
        # Two environments with equal seeds: what differs between them comes from a stream that nobody can seed.
        env, twin = (self.fresh_environment(stream("neurogym probe", self.name)) for _ in range(2))
        labels, right = [], np.zeros(self.timing.n_steps, dtype=bool)
        for k in range(_N_PROBES):
            core = draw_trial(env)
            self._check_length(core)
            if k < _N_TWIN_PROBES:
                other = draw_trial(twin)
                if not (np.array_equal(core.ob, other.ob, equal_nan=True) and np.array_equal(core.gt, other.gt)):
                    raise SpecError(
                        f"environment {self.name!r} must draw equal trials from equal seeds; got different ones. "
                        f"Let it draw from self.rng only, not from a generator that it makes anew."
                    )
            labels.append(np.array(core.gt))
            right |= labels[-1] != 0
        responding = [period for period, (start, stop) in self.periods.items() if right[start:stop].any()]
        for period in responding:
            if self.period_to_phase[period] != "decision":
                raise SpecError(
                    f"environment {self.name!r} asks for a response in period {period!r}, which is mapped to phase "
                    f"{self.period_to_phase[period]!r}; map it, and all periods after it, to 'decision'."
                )
        if not responding:
            raise SpecError(
                f"environment {self.name!r} must ask for another action than 0 somewhere; "
                f"got none in {_N_PROBES} trials."
            )
        window = self.periods[responding[0]][0], self.periods[responding[-1]][1]
        self._check_labels(np.array(labels)[:, slice(*window)], responding)
        return window

    def _check_labels(self, labels: Int[Array, "trials steps"], responding: Sequence[str]) -> None:
        where = " to ".join(repr(period) for period in dict.fromkeys((responding[0], responding[-1])))
        if (labels != labels[:, :1]).any():
            raise SpecError(
                f"environment {self.name!r} must keep one right action through its response (period {where}); got one "
                f"that changes within a trial. A response with a timing of its own cannot be scored in a fixed window."
            )
        if (labels == labels[0]).all():
            raise SpecError(
                f"environment {self.name!r} must have more than one right action; got {int(labels[0, 0])} in each of "
                f"{_N_PROBES} trials. If its answer lies in the length of a period, fixed lengths take it away."
            )


def periods_of(name: str, env: Any) -> tuple[str, ...]:
    """List the periods of a trial in order; SpecError where there are none or they differ between trials."""
    seed_environment(env, stream("neurogym periods", name))
    first: tuple[str, ...] | None = None
    for _ in range(_N_PERIOD_PROBES):
        core = draw_trial(env)
        if not hasattr(core, "gt"):
            raise SpecError(f"environment {name!r} must say which action is right (set_groundtruth); got no `gt`.")
        # A period of zero length starts with the next one; the sort is stable, so it stays before it, as it was added.
        periods = tuple(sorted(core.start_t, key=core.start_t.__getitem__))
        if first is None:
            first = periods
        if set(periods) != set(first):
            odd = ", ".join(repr(period) for period in sorted(set(periods) ^ set(first)))
            raise SpecError(f"environment {name!r} must have the same periods in every trial; got {odd} in some only.")
    if not first:
        raise SpecError(f"environment {name!r} must divide its trials into periods (add_period); got none.")
    return first


def _checked_map(name: str, period_to_phase: Mapping[str, str], periods: Sequence[str]) -> dict[str, str]:
    """The map in the order of the periods; SpecError naming what is unknown, missing or out of order."""
    for period, phase in period_to_phase.items():
        if period not in periods:
            raise SpecError(unknown_name(f"period of environment {name!r} in period_to_phase:", period, periods))
        if phase not in PHASES:
            raise SpecError(unknown_name(f"phase for period {period!r} of environment {name!r}:", phase, PHASES))
    order = f"in order: {', '.join(periods)}"
    missing = [period for period in periods if period not in period_to_phase]
    if missing:
        raise SpecError(
            f"period_to_phase of environment {name!r} must map every period of a trial ({order}); "
            f"got none for {', '.join(missing)}. Map each to one of {', '.join(PHASES)}."
        )
    ordered = {period: period_to_phase[period] for period in periods}
    for (early, phase), (late, next_phase) in pairwise(ordered.items()):
        if PHASES.index(next_phase) < PHASES.index(phase):
            raise SpecError(
                f"period_to_phase of environment {name!r} must keep the order of the phases; got {early!r} in "
                f"{phase!r} before {late!r} in {next_phase!r} (periods {order}). "
                f"Map {late!r} to {phase!r} or a later phase."
            )
    empty = [phase for phase in PHASES if phase not in ordered.values()]
    if empty:
        raise SpecError(
            f"period_to_phase of environment {name!r} must give each phase a period; got none for {', '.join(empty)} "
            f"(periods {order})."
        )
    return ordered


def check_spaces(name: str, env: Any) -> None:
    """SpecError unless the environment shows a vector and takes one of at least two actions."""
    n_actions = getattr(env.action_space, "n", None)
    if n_actions is None:
        raise SpecError(f"environment {name!r} must have discrete actions; got {env.action_space}.")
    if n_actions < 2:
        raise SpecError(f"environment {name!r} must have at least two actions, to fixate and to respond; got one.")
    if env.observation_space.shape is None or len(env.observation_space.shape) != 1:
        raise SpecError(f"environment {name!r} must show a vector at each step; got {env.observation_space}.")


def _channel_names(space: Any, n_channels: int, prefix: str) -> tuple[str, ...]:
    """The names that NeuroGym gives to the channels of a space; `prefix0`, ... where it gives none."""
    names = [f"{prefix}{k}" for k in range(n_channels)]
    for name, where in (getattr(space, "name", None) or {}).items():
        channels = [int(channel) for channel in np.atleast_1d(where)]
        for k, channel in enumerate(channels):
            if channel < n_channels:
                names[channel] = name if len(channels) == 1 else f"{name}{k}"
    return tuple(names)


def _first_sentence(env: Any) -> str:
    text = " ".join((type(env.unwrapped).__doc__ or "").split())
    return text.partition(". ")[0].rstrip(".") + "." if text else "No description."


def _scalars(records: Sequence[Mapping[str, object]]) -> dict[str, Shaped[Array, " trials"]]:
    """The numbers and strings of the environment's own records, unless their form differs from trial to trial."""
    conditions: dict[str, Shaped[Array, " trials"]] = {}
    for name in records[0]:
        if not all(name in record for record in records):
            continue
        try:
            values = np.array([record[name] for record in records])
        except ValueError:  # ragged
            continue
        if values.dtype.kind not in "biufU":
            continue
        if values.ndim == 1:
            conditions[name] = values
        elif values.ndim == 2:
            conditions |= {f"{name}_{k}": values[:, k].copy() for k in range(values.shape[1])}
    return conditions
