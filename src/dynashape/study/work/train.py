"""Train all networks of one architecture and task together; keep the weights before and after."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

from dynashape.errors import StoreError
from dynashape.networks import Cell, Weights
from dynashape.seeds import stream
from dynashape.steps import Reader, Step
from dynashape.store import Store
from dynashape.study.ask.parts import NetworkSpec, TaskSpec
from dynashape.tasks import NeurogymTask, Task, Timing
from dynashape.tasks.pooled import PooledTask
from dynashape.training import LearningProtocol, TrainedNetwork, TrainingState, train_group

# Trials of a NeuroGym environment that batches are drawn from: sampling afresh takes longer than learning from a batch.
N_POOL = 4096
# Work that is lost at most; a state of 60 networks is some megabytes, so saving costs far less than this.
SAVE_EVERY_S = 30.0
# How many updates a task needs, roughly and against the others; one that is not known is started first.
_UPDATES = {"CDM": 4.0, "PR": 2.0, "DC": 1.0, "GNG": 0.5}


@dataclass(frozen=True, eq=False)
class Train(Step[tuple[TrainedNetwork, ...]]):
    """The networks of one architecture and task, one a seed. Killed in the middle, it goes on where it last saved."""

    title: ClassVar[str] = "training networks"

    architecture: str
    task: TaskSpec
    timing: Timing
    input_noise: float
    networks: NetworkSpec
    training: LearningProtocol
    seeds: tuple[int, ...]

    @property
    def name(self) -> str:
        return f"{self.architecture} {self.task.name}"

    @property
    def cost(self) -> float:
        return len(self.build_cell().gates) * _UPDATES.get(self.task.name, max(_UPDATES.values()))

    def build_cell(self) -> Cell:
        """The cell of these networks."""
        return self.networks.cell(self.architecture, self.timing.dt_ms)

    def build_task(self) -> Task:
        """The task that these networks learn."""
        return self.task.build(self.timing, self.input_noise)

    def run(self, read: Reader) -> tuple[TrainedNetwork, ...]:
        saved = SavedTraining(read.store, self.key)
        networks = train_group(
            self.build_cell(),
            pooled(self.build_task(), self.training),
            self.seeds,
            n_units=self.networks.n_units,
            protocol=self.training,
            architecture=self.architecture,
            state=saved.load(),
            on_state=saved.save,
        )
        return tuple(networks)

    def finished(self, store: Store) -> None:
        SavedTraining(store, self.key).clear()


class SavedTraining:
    """The state of a training under way, kept in the store so that it survives the death of its process."""

    def __init__(self, store: Store, key: str) -> None:
        self._store, self._key = store, key
        self._saved = time.monotonic()

    def load(self) -> TrainingState | None:
        """The last state that was saved whole; None where there is none, or one of another version of this code."""
        try:
            return self._store.load("progress", self._key, TrainingState)
        except StoreError:
            return None

    def save(self, state: TrainingState) -> None:
        """Save the state if the last one is older than `SAVE_EVERY_S`."""
        if time.monotonic() - self._saved >= SAVE_EVERY_S:
            self._store.save("progress", self._key, state)
            self._saved = time.monotonic()

    def clear(self) -> None:
        """Forget the state: the training is done."""
        self._store.remove("progress", self._key)


def weights_at(network: TrainedNetwork, update: int | None) -> Weights:
    """The weights of a network after `update` updates; its final ones where it was done by then, and for None."""
    return network.final if update is None else network.snapshots.get(update, network.final)


def pooled(task: Task, protocol: LearningProtocol) -> Task:
    """The task, its batches drawn from a pool if it is slow to sample; evaluation and test trials are always fresh."""
    n_pooled = pool_size(protocol)
    if n_pooled is None or not isinstance(task, NeurogymTask):
        return task
    return PooledTask(task, n_pooled, protocol.batch_size, stream("pool", task.name))


def pool_size(protocol: LearningProtocol) -> int | None:
    """From how many trials batches of a slow task are drawn; None where batches are so large that all are fresh."""
    fresh = min(protocol.n_evaluation_trials, protocol.n_test_trials)
    return N_POOL if protocol.batch_size < fresh else None
