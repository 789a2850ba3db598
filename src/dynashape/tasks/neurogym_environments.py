"""NeuroGym environments: found by name, built for a time step, with durations fixed and every random stream seeded.

The one file that imports neurogym and gymnasium, and only inside functions: the import takes seconds and loads torch.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache, partial
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np

from dynashape.entry_points import load_named
from dynashape.errors import SpecError

Source: TypeAlias = str | Callable[..., Any]
"""An environment: a registered id ("DelayMatchSample-v0"), an entry point ("my_module:MyEnvironment") or its class."""


def __getattr__(name: str) -> Any:
    # The corrected environment subclasses a NeuroGym class, so it exists only once somebody asks for it; as an
    # attribute of this module it can be named by an entry point and pickled.
    if name == "ContextDecisionMakingWithGoCue":
        return _context_decision_making_with_go_cue()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _context_decision_making_with_go_cue() -> type[Any]:
    from neurogym.envs.native.contextdecisionmaking import ContextDecisionMaking

    class ContextDecisionMakingWithGoCue(ContextDecisionMaking):  # type: ignore[misc]
        """ContextDecisionMaking-v0 with two corrections, and its coherences as an argument.

        1. `use_expl_context=True`: by default NeuroGym keeps one context for ever and shows none, so the task is not
           context-dependent.
        2. The fixation cue stays on until the decision. NeuroGym's goes off with the fixation period, so that nothing
           tells when to respond, unlike in the other three tasks.
        """

        def __init__(self, dt: int = 100, coherences: tuple[float, ...] | None = None, **parameters: Any) -> None:
            super().__init__(dt=dt, use_expl_context=True, **parameters)
            if coherences is not None:
                self.cohs = list(coherences)

        def _new_trial(self, **kwargs: Any) -> dict[str, object]:
            trial: dict[str, object] = super()._new_trial(**kwargs)
            self.add_ob(1, ["stimulus", "delay"], where="fixation")
            return trial

    ContextDecisionMakingWithGoCue.__module__ = __name__
    ContextDecisionMakingWithGoCue.__qualname__ = "ContextDecisionMakingWithGoCue"
    return ContextDecisionMakingWithGoCue


def registered_environments() -> tuple[str, ...]:
    """List the ids of all environments that the installed NeuroGym registers, its collections included, sorted."""
    from neurogym.envs.registration import ALL_EXTENDED_ENVS

    return tuple(sorted(ALL_EXTENDED_ENVS))


def load_environment(source: Source) -> Callable[..., Any]:
    """Find the class or function that builds the environment; SpecError where the id or entry point leads nowhere."""
    if not isinstance(source, str):
        return source
    if ":" in source:
        found: Callable[..., Any] = load_named(source, "environment")
        return found
    import gymnasium
    import neurogym  # noqa: F401  registers its environments

    if source not in gymnasium.registry:
        near = get_close_matches(source, registered_environments(), n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise SpecError(f"unknown NeuroGym environment {source!r}; {hint}`dynashape tasks --all` lists them all.")
    registered = gymnasium.spec(source)
    entry_point = registered.entry_point
    # Not gymnasium.make: its wrappers count steps and hide `new_trial`.
    make: Any = load_named(entry_point, "environment") if isinstance(entry_point, str) else entry_point
    return lambda **parameters: make(**{**registered.kwargs, **parameters})


def build_environment(source: Source, dt_ms: int, parameters: Mapping[str, object] | None = None) -> Any:
    """Build a fresh environment with this time step and these constructor arguments.

    SpecError where it cannot be built, is not made of trials (NeuroGym's TrialEnv or TrialWrapper), or ignores `dt_ms`.
    """
    make = load_environment(source)
    from gymnasium import Wrapper
    from neurogym.core import TrialEnv, TrialWrapper

    name = environment_name(source)
    try:
        env = make(dt=dt_ms, **(parameters or {}))
    except Exception as error:
        raise SpecError(
            f"environment {name!r} cannot be built with dt={dt_ms} and {dict(parameters or {})}: "
            f"{type(error).__name__}: {error}. Its constructor must take `dt`; give what else it needs as parameters."
        ) from error
    while isinstance(env, Wrapper) and type(env).__module__.startswith("gymnasium."):
        env = env.env
    if not isinstance(env, TrialEnv | TrialWrapper):
        raise SpecError(
            f"environment {name!r} must be a NeuroGym TrialEnv, or one inside TrialWrappers; got {type(env).__name__}, "
            f"whose trials cannot be drawn without an agent acting in them. Subclass neurogym.core.TrialEnv."
        )
    for core in trial_environments(env):
        if core.dt != dt_ms:
            raise SpecError(f"environment {name!r} must use the time step it is given, dt={dt_ms}; got dt={core.dt}.")
    return env


def environment_name(source: Source) -> str:
    """Name an environment: the string itself, or the name of the class.

    >>> environment_name("DelayMatchSample-v0")
    'DelayMatchSample-v0'
    """
    return source if isinstance(source, str) else str(getattr(source, "__name__", type(source).__name__))


def trial_environments(env: Any) -> list[Any]:
    """List the TrialEnvs inside an environment: itself, or those that its wrappers hold and switch between."""
    from neurogym.core import TrialEnv

    return [part for part in _parts(env) if isinstance(part, TrialEnv)]


def _parts(env: Any) -> Iterator[Any]:
    yield env
    held = vars(env)
    for part in held.get("envs") or ([held["env"]] if "env" in held else []):
        yield from _parts(part)


def set_durations(env: Any, durations_ms: Mapping[str, int]) -> None:
    """Fix the length of these periods in every TrialEnv inside.

    This is done after building, because some constructors compute with the default timing and fail on a number
    (HierarchicalReasoning), and others override what they are given (the collection yang19).
    """
    for core in trial_environments(env):
        core.timing.update(durations_ms)


def seed_environment(env: Any, rng: np.random.Generator) -> None:
    """Seed every random stream inside an environment from `rng`.

    First `seed` of each TrialEnv is called, for what it knows of. Then every generator that is found on it, on its
    wrappers and on what they hold (schedules, random durations) is replaced by a new one. `seed` alone takes 32 bits,
    gives all environments of a collection the same stream, and misses generators under other names.
    """
    for core in trial_environments(env):
        core.seed(int(rng.integers(2**32)))
    for part in _parts(env):
        held = [*vars(part).values(), *vars(part).get("timing", {}).values()]
        for holder in (part, *held):
            if isinstance(holder, type | ModuleType) or not hasattr(holder, "__dict__"):
                continue
            for name, value in list(vars(holder).items()):
                if isinstance(value, np.random.RandomState):
                    setattr(holder, name, np.random.RandomState(rng.integers(2**32, size=8, dtype=np.uint32)))
                elif isinstance(value, np.random.Generator):
                    setattr(holder, name, np.random.default_rng(int(rng.integers(2**63))))


def draws_globally(probe: Callable[[], object]) -> bool:
    """Whether a probe of an environment draws from (or seeds) the random state of numpy or Python that all code shares.

    Both states are as they were afterwards. Two probes must draw, so that a draw of another thread does not count.
    """
    kept = np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        for seed in (1, 2):
            np.random.seed(seed)  # noqa: NPY002
            random.seed(seed)
            before = _global_state()
            probe()
            if _global_state() == before:
                return False
        return True
    finally:
        np.random.set_state(kept[0])  # noqa: NPY002
        random.setstate(kept[1])


def _global_state() -> tuple[object, ...]:
    name, keys, *others = np.random.get_state(legacy=True)  # noqa: NPY002
    return name, np.asarray(keys).tobytes(), *others, random.getstate()


def silence(env: Any) -> None:
    """Take away the noise that every TrialEnv inside adds to its inputs by `add_randn`, and leave its mean."""
    for core in trial_environments(env):
        core.add_randn = partial(_add_mean, core)


def _add_mean(core: Any, mu: Any = 0, sigma: Any = 1, period: Any = None, where: Any = None) -> None:
    del sigma
    core.add_ob(mu, period, where)


def draw_trial(env: Any, **conditions: Any) -> Any:
    """Draw one trial, its conditions as far as given, and return the TrialEnv that holds it (`ob`, `gt`, `trial`, ...).

    The record of where periods lie is cleared first: NeuroGym leaves a period of an earlier trial standing.
    """
    for core in trial_environments(env):
        for bounds in (core.start_t, core.end_t, core.start_ind, core.end_ind):
            bounds.clear()
    env.new_trial(**conditions)
    return env.unwrapped
