"""The plan of a study: every unit of work with the key of its result, known before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dynashape.records import CONDITIONS
from dynashape.store import content_key
from dynashape.study.measures import GEOMETRIC
from dynashape.study.spec import StudySpec, TaskSpec

# Raise a step's number whenever its code changes what it computes: all results of the old code are then missing.
STEP_VERSIONS: Mapping[str, int] = {
    "train": 2,
    "examine": 1,
    "record": 1,
    "fit": 4,
    "align": 7,
    "split": 6,
    "compare": 1,
    "conclude": 3,
    "organise": 2,
}

STAGES: Mapping[str, str] = {
    "train": "training networks",
    "examine": "examining networks",
    "record": "recording activity",
    "fit": "fitting operators",
    "align": "aligning pairs",
    "split": "measuring halves of the trials",
    "compare": "comparing tasks, training and input",
    "conclude": "drawing conclusions",
    "organise": "meta-clustering",
    # The same steps again for the weights along the way, in studies that keep some (see dynashape.study.learning).
    "learning fit": "along learning: recording and fitting",
    "learning align": "along learning: aligning pairs",
    "learning compare": "along learning: comparing",
    "learning conclude": "along learning: drawing conclusions",
}

# Enough pairs to fill a tile of the alignment, few enough that two workers share one architecture and phase.
PAIRS_PER_UNIT = 450


@dataclass(frozen=True)
class WorkUnit:
    """One unit of work: what it computes, the key of its result, and the units (of step `reads`) that it reads from."""

    step: str
    name: str
    key: str
    params: Mapping[str, Any]
    reads: str
    upstream: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    """All units of a study, stage after stage; a unit reads only from earlier stages."""

    spec: StudySpec
    stages: Mapping[str, tuple[WorkUnit, ...]]

    def units(self) -> Iterator[WorkUnit]:
        """Every unit, in the order of the stages."""
        for stage in self.stages.values():
            yield from stage

    def unit(self, step: str, name: str) -> WorkUnit:
        """The unit of a stage with this name."""
        return next(unit for unit in self.stages[step] if unit.name == name)


def system_labels(spec: StudySpec) -> list[dict[str, Any]]:
    """Task, seed and condition of every system of one architecture, in the order of its distance matrices."""
    return [
        {"task": task, "seed": seed, "condition": condition}
        for task in spec.task_names
        for seed in spec.seeds
        for condition in CONDITIONS
    ]


def make_plan(spec: StudySpec) -> Plan:
    """The units of a study and their keys, from its specification alone."""
    train = tuple(_train_unit(spec, name, task) for name in spec.architectures for task in spec.tasks)
    examine = tuple(_examine_unit(spec, unit) for unit in train)
    record = tuple(record_unit(spec, unit) for unit in train)
    fit = tuple(make_unit("fit", unit.name, fit_params(spec, unit), [unit]) for unit in record)
    split = tuple(_split_unit(spec, unit) for unit in record)
    analysis = plan_analysis(spec, fit)
    meta_clustering = {"meta_clustering": spec.as_dict()["meta_clustering"]}
    organise = make_unit("organise", "all comparisons", meta_clustering, analysis["compare"])
    return Plan(
        spec,
        {
            "train": train,
            "examine": examine,
            "record": record,
            "fit": fit,
            "align": analysis["align"],
            "split": split,
            "compare": analysis["compare"],
            "conclude": analysis["conclude"],
            "organise": (organise,),
        },
    )


def plan_analysis(
    spec: StudySpec, fit: tuple[WorkUnit, ...], suffix: str = "", unneeded: tuple[str, str] | None = None
) -> dict[str, tuple[WorkUnit, ...]]:
    """The stages from fitted operators to conclusions; `suffix` ends the units' names.

    Where two units of `fit` hold the same system, the later one's counts. Pairs of the two `unneeded` conditions are
    not aligned.
    """
    align = tuple(
        unit
        for name in spec.architectures
        for phase in spec.phases
        for unit in _align(spec, name, phase, fit, suffix, unneeded)
    )
    compare = tuple(
        _compare_unit(spec, name, phase, [unit for unit in align if _is_of(unit, name, phase)], suffix)
        for name in spec.architectures
        for phase in spec.phases
    )
    conclude = make_unit("conclude", f"all comparisons{suffix}", {}, compare)
    return {"align": align, "compare": compare, "conclude": (conclude,)}


def _is_of(unit: WorkUnit, architecture: str, phase: str) -> bool:
    return bool(unit.params["architecture"] == architecture and unit.params["phase"] == phase)


def make_unit(step: str, name: str, params: Mapping[str, Any], reads: Sequence[WorkUnit] = ()) -> WorkUnit:
    """The unit of a step, its key made from the step's version, its parameters and the units that it reads."""
    upstream = {unit.name: unit.key for unit in reads}
    key = content_key(step, STEP_VERSIONS[step], params, [f"{k}={v}" for k, v in upstream.items()])
    return WorkUnit(step, name, key, params, reads[0].step if reads else "", upstream)


def _task_params(spec: StudySpec, task: TaskSpec) -> dict[str, Any]:
    resolved = spec.as_dict()
    return {"task": task.model_dump(mode="json"), "timing": resolved["timing"], "input_noise": spec.input_noise}


def _train_unit(spec: StudySpec, architecture: str, task: TaskSpec) -> WorkUnit:
    resolved = spec.as_dict()
    params = {
        "architecture": architecture,
        **_task_params(spec, task),
        "seeds": list(spec.seeds),
        "networks": resolved["networks"],
        "training": resolved["training"],
    }
    return make_unit("train", f"{architecture} {task.name}", params)


def _examine_unit(spec: StudySpec, train: WorkUnit) -> WorkUnit:
    shared = ("architecture", "task", "timing", "input_noise", "seeds", "networks")
    params = {name: train.params[name] for name in shared} | {"n_trials": spec.training.n_test_trials}
    return make_unit("examine", train.name, params, [train])


def record_unit(spec: StudySpec, train: WorkUnit, at_update: int | None = None) -> WorkUnit:
    """Activity of the networks of a group; where `at_update` is given, of the trained networks as they were then."""
    shared = ("architecture", "task", "timing", "input_noise", "seeds", "networks")
    params = {name: train.params[name] for name in shared} | {"activity": spec.as_dict()["activity"]}
    if at_update is None:
        return make_unit("record", train.name, params, [train])
    # Untrained networks are the same at every update.
    along = {"at_update": at_update, "conditions": [name for name in CONDITIONS if name != "untrained"]}
    return make_unit("record", f"{train.name} at update {at_update}", params | along, [train])


def fit_params(spec: StudySpec, record: WorkUnit) -> dict[str, Any]:
    """What shapes the operators (or averages) of a group whose activity is recorded."""
    return {
        "architecture": record.params["architecture"],
        "task": record.params["task"]["name"],
        "seeds": list(spec.seeds),
        "phases": {phase: list(spec.timing.phases[phase]) for phase in spec.phases},
        **_reduction(spec),
    }


def _split_unit(spec: StudySpec, record: WorkUnit) -> WorkUnit:
    params = {
        "architecture": record.params["architecture"],
        "task": record.params["task"]["name"],
        "phases": {phase: list(spec.timing.phases[phase]) for phase in spec.phases},
        **_reduction(spec),
        **_measure(spec),
    }
    return make_unit("split", record.name, params, [record])


def _reduction(spec: StudySpec) -> dict[str, Any]:
    """What a system is reduced to: the same operators for all dissimilarities of operators, the same averages else."""
    if spec.dissimilarity in GEOMETRIC:
        return {"averages": True}
    return {"dsa": {name: value for name, value in spec.as_dict()["dsa"].items() if name != "effort"}}


def _measure(spec: StudySpec) -> dict[str, Any]:
    """How pairs are measured; only the alignment of DSA can try harder."""
    return {"effort": spec.dsa.effort} if spec.dissimilarity == "dsa" else {"dissimilarity": spec.dissimilarity}


def _align(
    spec: StudySpec,
    architecture: str,
    phase: str,
    fit: tuple[WorkUnit, ...],
    suffix: str,
    unneeded: tuple[str, str] | None,
) -> list[WorkUnit]:
    own = [unit for unit in fit if unit.params["architecture"] == architecture]
    systems = system_labels(spec)
    n_pairs = len(systems) * (len(systems) - 1) // 2
    n_tiles = -(-n_pairs // PAIRS_PER_UNIT)
    bounds = [n_pairs * tile // n_tiles for tile in range(n_tiles + 1)]
    shared: dict[str, Any] = {"architecture": architecture, "phase": phase, "systems": systems, **_measure(spec)}
    if unneeded is not None:
        shared["unneeded"] = list(unneeded)
    return [
        make_unit(
            "align",
            f"{architecture} {phase} {tile + 1}/{n_tiles}{suffix}",
            {**shared, "pairs": bounds[tile : tile + 2]},
            own,
        )
        for tile in range(n_tiles)
    ]


def _compare_unit(spec: StudySpec, architecture: str, phase: str, align: list[WorkUnit], suffix: str) -> WorkUnit:
    params = {
        "architecture": architecture,
        "phase": phase,
        "systems": system_labels(spec),
        "task_pairs": [list(pair) for pair in spec.task_pairs],
        "separability": spec.as_dict()["separability"],
    }
    return make_unit("compare", f"{architecture} {phase}{suffix}", params, align)
