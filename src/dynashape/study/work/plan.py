"""The plan of a study: the graph of steps under its conclusions, known before anything is computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dynashape.records import CONDITIONS
from dynashape.steps import Stage, Step, stages_under
from dynashape.study.ask.spec import StudySpec
from dynashape.study.work.align import Align
from dynashape.study.work.choose import Choose, plan_choice
from dynashape.study.work.compare import Compare
from dynashape.study.work.conclude import Conclude
from dynashape.study.work.examine import Examine, SurveyTask
from dynashape.study.work.fit import Fit
from dynashape.study.work.halve import Halve, HalveUnits
from dynashape.study.work.meta_cluster import MetaCluster
from dynashape.study.work.record import Record
from dynashape.study.work.train import Train

# Enough pairs to fill a tile of the alignment, few enough that two workers share one architecture and phase.
PAIRS_PER_TILE = 450


@dataclass(frozen=True)
class Analysed:
    """The steps from fitted operators to conclusions, of the final networks or of those after some update."""

    fits: tuple[Fit, ...]
    aligns: tuple[Align, ...]
    compares: tuple[Compare, ...]
    conclude: Conclude


@dataclass(frozen=True)
class Plan:
    """All steps of a study. `snapshots` holds those along learning, by update: the same analyses of weights on the way.

    Trials, noise and untrained networks are the final networks' own, so that updates differ in the weights alone.
    """

    spec: StudySpec
    surveys: tuple[SurveyTask, ...]
    trains: tuple[Train, ...]
    examines: tuple[Examine, ...]
    records: tuple[Record, ...]
    choice: Choose | None
    final: Analysed
    halves: tuple[Halve, ...]
    unit_halves: tuple[HalveUnits, ...]
    meta_cluster: MetaCluster
    snapshots: Mapping[int, Analysed]

    @property
    def stages(self) -> tuple[Stage, ...]:
        """What is computed: the graph under the conclusions, the meta-clustering and all else that is told."""
        last: list[Step[Any]] = [*self.surveys, *self.examines, self.final.conclude, *self.halves, *self.unit_halves]
        along = [snapshot.conclude for snapshot in self.snapshots.values()]
        return stages_under({"": (*last, self.meta_cluster, *along)})

    def steps(self) -> Iterator[Step[Any]]:
        """Every step, in the order of the stages."""
        for stage in self.stages:
            yield from stage.steps.values()


def make_plan(spec: StudySpec) -> Plan:
    """The steps of a study, from its specification alone."""
    trains = tuple(
        Train(
            architecture=architecture,
            task=task,
            timing=spec.timing,
            input_noise=spec.input_noise,
            networks=spec.networks.only(architecture),
            training=spec.training,
            seeds=spec.seeds,
        )
        for architecture in spec.architectures
        for task in spec.tasks
    )
    records = tuple(Record(train, spec.activity) for train in trains)
    choice = plan_choice(spec.dsa, spec.measure, records, spec.phases)
    final = _analyse(spec, records, choice)
    return Plan(
        spec=spec,
        surveys=tuple(SurveyTask(task, spec.timing) for task in spec.tasks),
        trains=trains,
        examines=tuple(Examine(train, spec.training.n_test_trials) for train in trains),
        records=records,
        choice=choice,
        final=final,
        halves=tuple(Halve(record, spec.phases, spec.measure, choice) for record in records),
        unit_halves=tuple(
            HalveUnits(tuple(own for own in records if own.train.architecture == name), phase, spec.measure, choice)
            for name in spec.architectures
            for phase in spec.phases
        ),
        meta_cluster=MetaCluster(final.compares, spec.meta_clustering),
        snapshots={
            update: _analyse(spec, [Record(train, spec.activity, update) for train in trains], choice, final.fits)
            for update in sorted(set(spec.training.snapshots))
        },
    )


def _analyse(
    spec: StudySpec, records: Iterable[Record], choice: Choose | None, final: tuple[Fit, ...] = ()
) -> Analysed:
    """From activity to conclusions; of a snapshot, `final` holds the fits of the final networks."""
    measure = spec.measure
    fits = tuple(Fit(record, spec.phases, measure.reduction, choice) for record in records)
    n_systems = len(spec.tasks) * len(spec.seeds) * len(CONDITIONS)
    n_pairs = n_systems * (n_systems - 1) // 2
    n_tiles = -(-n_pairs // PAIRS_PER_TILE)
    bounds = [n_pairs * tile // n_tiles for tile in range(n_tiles + 1)]
    aligns: list[Align] = []
    compares: list[Compare] = []
    for architecture in spec.architectures:
        group = tuple(fit for fit in (*final, *fits) if fit.record.train.architecture == architecture)
        for phase in spec.phases:
            tiles = tuple(
                Align(group, phase, measure, (bounds[tile], bounds[tile + 1]), bool(final), choice)
                for tile in range(n_tiles)
            )
            aligns += tiles
            compares.append(Compare(tiles, spec.task_pairs, spec.separability))
    return Analysed(fits, tuple(aligns), tuple(compares), Conclude(tuple(compares)))
