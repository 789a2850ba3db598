"""Train all networks of one architecture and task together; keep the weights before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dynashape.networks import Cell, Weights
from dynashape.seeds import stream
from dynashape.steps import Reader, Step
from dynashape.steps.saved_state import SavedState
from dynashape.store import Store
from dynashape.study.ask.parts import NetworkSpec, TaskSpec
from dynashape.tasks import NeurogymTask, Task, Timing
from dynashape.tasks.pooled import PooledTask
from dynashape.training import LearningProtocol, TrainedNetwork, TrainingState, train_group

# Trials of a NeuroGym environment that batches are drawn from: sampling afresh takes longer than learning from a batch.
N_POOL = 4096


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
        return float(len(self.build_cell().gates))

    def build_cell(self) -> Cell:
        """The cell of these networks."""
        return self.networks.cell(self.architecture, self.timing.dt_ms)

    def build_task(self) -> Task:
        """The task that these networks learn."""
        return self.task.build(self.timing, self.input_noise)

    def run(self, read: Reader) -> tuple[TrainedNetwork, ...]:
        saved = SavedState(read.store, self.key, TrainingState)
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
        SavedState(store, self.key, TrainingState).clear()


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
