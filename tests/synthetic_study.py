"""A study of the paper's shape whose networks are drawn and not trained; the study's own steps compute the rest.

Its tables therefore have the columns and measures of a real study. One network (`LOST`) has not learned and is silent.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from dynashape.distances import Distances
from dynashape.engine.serial import SerialEngine
from dynashape.inference.study.rows import pooled_rows, share_rows
from dynashape.records import Code, Status
from dynashape.seeds import stream
from dynashape.steps import Reader, Stage, compute
from dynashape.store import Store
from dynashape.study import Results, StudySpec, load_spec, plan_seeds, read_results, run_sensitivity
from dynashape.study.ask.load import to_yaml
from dynashape.study.found.learning import read_learning
from dynashape.study.told.paths import Paths, find_paths
from dynashape.study.work.halve import Halve
from dynashape.study.work.meta_cluster import MetaClustered
from dynashape.study.work.plan import Plan, make_plan
from dynashape.study.work.train import Train
from dynashape.tasks import ExampleTrial, example_trial
from dynashape.training import TrainedNetwork
from dynashape.training.trained import CurvePoint

MadeOnce = Callable[[str, Callable[[Path], object]], Path]

LOST = ("LSTM", "CDM", 3)
UPDATES = (1, 26, 3000)
# Steps and units are few, and eigenvalues need no search: the 144 comparisons are most of the work.
FIELDS = (
    "name=synthetic",
    "seeds=[0, 1, 2, 3, 4]",
    "timing={dt_ms: 40, fixation_ms: 160, stimulus_ms: 160, delay_ms: 160, decision_ms: 160}",
    "networks={n_units: 6, options: {nonlinearity: tanh}}",
    f"training={{max_updates: {UPDATES[-1]}, n_test_trials: 100, snapshots: {list(UPDATES)}}}",
    "activity.n_trials=8",
    "dsa={n_delays: 1, rank: 3}",
    "dissimilarity=spectral",
)
# One architecture, phase and pair of tasks of the same networks, whose conclusions are drawn at many settings.
NARROW = ("architectures=[V-RNN]", "tasks=[CDM, PR]", "phases=[delay]")
GRID = {
    "dsa.n_delays": [1, 2],
    "dsa.rank": [2, 3, 4],
    "activity.noise": ["gaussian", "variance_matched", "phase_randomised", "trial_shuffled", "zero"],
    "dissimilarity": ["spectral", "procrustes", "cka"],
}


@dataclass(frozen=True)
class SyntheticStudy:
    """The study, and everything that figures and reports show of it. Tables are copies: change them at will."""

    made_once: MadeOnce

    @cached_property
    def folder(self) -> Path:
        """The study's folder, made by whoever needs it first."""
        return self.made_once("synthetic", lambda folder: _make(folder, load_spec("smoke", FIELDS)))

    @cached_property
    def plan(self) -> Plan:
        return make_plan(load_spec("smoke", FIELDS))

    @cached_property
    def read(self) -> Reader:
        return Reader(Store(self.folder / "store"))

    @cached_property
    def results(self) -> Results:
        return read_results(self.plan, self.read)

    @property
    def spec(self) -> StudySpec:
        return self.plan.spec

    def networks(self) -> pd.DataFrame:
        return self.results.networks.copy()

    def curves(self) -> pd.DataFrame:
        return self.results.training.copy()

    def responses(self) -> pd.DataFrame:
        return self.results.psychometric.copy()

    def eigenvalues(self) -> pd.DataFrame:
        return self.results.eigenvalues.copy()

    def distances(self) -> dict[tuple[str, str], Distances]:
        return dict(self.results.distances)

    def separability(self) -> pd.DataFrame:
        return self.results.separability.copy()

    def embeddings(self) -> pd.DataFrame:
        return self.results.embeddings.copy()

    def meta(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The points of the meta-clustering, and what explains them."""
        assert isinstance(self.results.meta, MetaClustered)
        explained = pd.DataFrame([asdict(factor) for factor in self.results.meta.found.explained])
        return self.results.meta_points.copy(), explained

    def example_trials(self) -> list[ExampleTrial]:
        return [example_trial(self.spec.task(name), stream("drawn trial", name)) for name in self.spec.task_names]

    def paths(self) -> Paths:
        found = find_paths(self.plan, self.read)
        assert found is not None
        return found

    def variance_shares(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The shares of every cell, and their pooled differences."""
        assert self.results.conclusions is not None
        headline = self.results.conclusions.headline
        return pd.DataFrame(share_rows(headline)), pd.DataFrame(pooled_rows(headline))

    def several_studies(self, names: tuple[str, ...] = ("paper", "rank 8")) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The same of several studies: each but the first has this study's numbers moved a little."""
        rng = np.random.default_rng(14)
        shares, pooled = ([table.assign(study=name) for name in names] for table in self.variance_shares())
        for place, (share, difference) in enumerate(zip(shares, pooled, strict=True)):
            share[["share", "share_low", "share_high"]] += (place > 0) * rng.normal(0, 0.05, len(share))[:, None]
            difference[["estimate", "low", "high"]] -= 0.07 * place
        return pd.concat(shares, ignore_index=True), pd.concat(pooled, ignore_index=True)

    def learning(self) -> pd.DataFrame:
        """Shares that grow towards those of the final networks; by the last update every network is done."""
        return self._learning.copy()

    @cached_property
    def _learning(self) -> pd.DataFrame:
        self.made_once("synthetic-learning", lambda _: _learn(self.plan, self.read))
        return read_learning(self.plan, self.read, self.results).separability

    def power(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The chances in single comparisons and of the pooled verdict."""

        def make(folder: Path) -> None:
            wish = {"shares": (0.1, 0.4), "differences": (0.0, 0.2, -0.1), "n_studies": 20}
            planned = plan_seeds(self.folder, **wish)
            planned.comparisons.to_parquet(folder / "power.parquet")
            planned.verdicts.to_parquet(folder / "verdict_power.parquet")

        folder = self.made_once("synthetic-power", make)
        return pd.read_parquet(folder / "power.parquet"), pd.read_parquet(folder / "verdict_power.parquet")

    @cached_property
    def narrow(self) -> Path:
        """The folder of the narrow study."""
        return self.made_once("synthetic-narrow", lambda folder: _make(folder, load_spec("smoke", [*FIELDS, *NARROW])))

    def sensitivity(self) -> pd.DataFrame:
        """The pooled conclusions at other settings, of the narrow study."""

        def make(folder: Path) -> None:
            copy = shutil.copytree(self.narrow, folder / "study")
            # The table is wanted and the report is not, which would draw every figure in every format.
            with patch("dynashape.study.sensitivity.rewrite_report", return_value=folder):
                run_sensitivity(copy, SerialEngine, GRID).table.to_parquet(folder / "sensitivity.parquet")

        table = pd.read_parquet(self.made_once("synthetic-sensitivity", make) / "sensitivity.parquet")
        return table[(table["architecture"] == "all") & table["estimate"].notna()].reset_index(drop=True)


def _make(folder: Path, spec: StudySpec) -> None:
    """A study's folder with everything but snapshots."""
    folder.mkdir(exist_ok=True)
    (folder / "study.yaml").write_text(to_yaml(spec))
    plan, store = make_plan(spec), Store.create(folder / "store")
    for train in plan.trains:
        store.save(train.kind, train.key, _draw_networks(train), train.result_type)
    # Floors of one architecture are enough to draw, and what is along learning `_learn` makes.
    floors = {step.name: step for step in plan.halves if step.record.train.architecture == spec.architectures[0]}
    stages = [stage for stage in plan.stages if not stage.title.startswith("along")]
    stages = [Stage(stage.title, floors) if stage.title == Halve.title else stage for stage in stages]
    done = compute(stages, store, SerialEngine)
    assert not done.failures and not done.counts[Train.title]


def _draw_networks(train: Train) -> tuple[TrainedNetwork, ...]:
    """Networks of a task that are alike, and whose recurrent weights have grown; and their learning curves."""
    cell, task = train.build_cell(), train.build_task()
    sizes = task.n_inputs, train.networks.n_units, task.n_actions
    common = cell.initialise(*sizes, stream("drawn networks", train.architecture, task.name))
    ceiling = {"CDM": 0.93, "GNG": 0.985, "DC": 0.96, "PR": 0.915}[task.name]
    networks = []
    for seed in train.seeds:
        rng = stream("drawn network", train.architecture, task.name, seed)
        own = cell.initialise(*sizes, rng)
        initial = {name: 0.8 * weights + 0.6 * own[name] for name, weights in common.items()}
        lost = (train.architecture, task.name, seed) == LOST
        final = initial | {"recurrent": 1.8 * initial["recurrent"]}
        final = {name: 0.0 * weights if lost else weights for name, weights in final.items()}
        updates = UPDATES[-1] if lost else int(rng.integers(3, 20)) * 125
        accuracy = ceiling * (0.61 if lost else rng.uniform(0.96, 1.0))
        status = Status(Code.NOT_REACHED, "accuracy 0.57 of a possible 0.93; raise training.max_updates")
        networks.append(
            TrainedNetwork(
                architecture=train.architecture,
                task=task.name,
                seed=seed,
                initial=initial,
                final=final,
                updates=updates,
                accuracy=accuracy,
                ceiling=ceiling,
                fixation=0.999,
                reached=not lost,
                status=status if lost else Status(),
                curve=tuple(_draw_curve(updates, accuracy, ceiling, rng)),
            )
        )
    return tuple(networks)


def _draw_curve(updates: int, accuracy: float, ceiling: float, rng: np.random.Generator) -> list[CurvePoint]:
    points = []
    for done in range(0, updates + 1, 125):
        progress = 1 / (1 + np.exp(-(done - 0.45 * updates) / (0.09 * updates)))
        reached = min(0.5 + (accuracy - 0.5) * progress + rng.normal(0, 0.01), ceiling)
        points.append(
            CurvePoint(done, 0.7 - 0.56 * progress, float(reached), 0.4 + 0.599 * progress, ceiling, 0.2 + progress)
        )
    return points


def _learn(plan: Plan, read: Reader) -> None:
    """Store comparisons of every update: those of the final networks, with a growing part of their shares."""
    for number, snapshot in enumerate(plan.snapshots.values(), start=1):
        for step, last in zip(snapshot.compares, plan.final.compares, strict=True):
            found = {
                key: replace(
                    own,
                    separations={
                        term: replace(one, omega_squared=one.omega_squared * number / len(plan.snapshots))
                        for term, one in own.separations.items()
                    },
                )
                for key, own in read(last).items()
            }
            read.store.save(step.kind, step.key, found, step.result_type)
