"""Train all networks of one architecture and task in one batch, until each does its task or its updates are used up.

Each network has its own initial weights, trials, clipping and optimiser state, all named by its seed: it becomes the
same network whichever others train beside it. Networks that are done leave the batch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from dynashape.errors import InputError
from dynashape.networks import Cell, Ensemble, Weights
from dynashape.records import OK, Code, Status
from dynashape.seeds import stream
from dynashape.tasks import Task
from dynashape.training.descent import Adam, loss_gradient, step_weights
from dynashape.training.examination import Examination
from dynashape.training.protocol import Protocol


@dataclass(frozen=True)
class TrainedNetwork:
    """One network before and after training, and how training went.

    `accuracy`, `fixation` and `ceiling` (the ideal observer's accuracy) come from the same fresh test trials; `reached`
    tells whether they meet the protocol's criteria. `curve` holds updates, loss, accuracy, fixation, ceiling and
    activity (root mean square) at each evaluation.
    """

    architecture: str
    task: str
    seed: int
    initial: Weights
    final: Weights
    updates: int
    accuracy: float
    ceiling: float
    fixation: float
    reached: bool
    status: Status
    curve: list[dict[str, float]]
    snapshots: dict[int, Weights] = field(default_factory=dict)


@dataclass
class TrainingState:
    """Everything that training needs to go on from: plain arrays and values, to be saved by the caller."""

    updates: int
    seeds: list[int]
    parameters: np.ndarray[Any, np.dtype[np.float32]]
    mean: np.ndarray[Any, np.dtype[np.float32]]
    square: np.ndarray[Any, np.dtype[np.float32]]
    streams: list[dict[str, Any]]
    in_a_row: list[int]
    curves: dict[int, list[dict[str, float]]]
    snapshots: dict[int, dict[int, Weights]]
    done: list[TrainedNetwork]


def train_group(
    cell: Cell,
    task: Task,
    seeds: Sequence[int],
    *,
    n_units: int,
    protocol: Protocol,
    architecture: str | None = None,
    device: str = "cpu",
    on_progress: Callable[[int, int], None] | None = None,
    state: TrainingState | None = None,
    on_state: Callable[[TrainingState], None] | None = None,
) -> list[TrainedNetwork]:
    """The networks of these seeds, trained, in the order of `seeds`.

    `on_progress` is told the updates made and the most there can be; `on_state` is given, after each evaluation, what
    `state` takes to go on from there with the identical result. `architecture` (the cell's name unless given) names the
    initial weights' random streams.

    Raises `InputError` for no or repeated seeds. A network that fails is a status on its record.

    >>> from dynashape.networks import make_cell
    >>> from dynashape.tasks import make_task
    >>> short = Protocol(max_updates=2, n_evaluation_trials=8, n_test_trials=8)
    >>> [network] = train_group(make_cell("V-RNN"), make_task("GNG"), [0], n_units=8, protocol=short)
    >>> network.updates, network.status.code
    (2, 'not_reached')
    """
    if not seeds or len(set(seeds)) != len(seeds):
        raise InputError(f"seeds must be one or more different numbers; got {list(seeds)}.")
    with torch.no_grad():
        group = _Group(cell, architecture or cell.name, task, seeds, n_units, protocol, device)
        if state is not None:
            group.resume(state)
        while group.seeds:
            group.advance()
            if on_progress is not None:
                on_progress(group.updates, protocol.max_updates)
            if on_state is not None and group.seeds:
                on_state(group.state())
    return sorted(group.done, key=lambda network: list(seeds).index(network.seed))


class _Group:
    """The networks in training, and those already done."""

    def __init__(
        self,
        cell: Cell,
        architecture: str,
        task: Task,
        seeds: Sequence[int],
        n_units: int,
        protocol: Protocol,
        device: str,
    ) -> None:
        self.cell, self.architecture, self.task, self.protocol = cell, architecture, task, protocol
        self.seeds = [int(seed) for seed in seeds]
        self.initial = {
            seed: cell.initialise(
                task.n_inputs, n_units, task.n_actions, stream("weights", architecture, task.name, seed)
            )
            for seed in self.seeds
        }
        self.ensemble = Ensemble(cell, [self.initial[seed] for seed in self.seeds], device=device)
        self.mean, self.square, self.gradient = (torch.zeros_like(self.ensemble.parameters) for _ in range(3))
        self.streams = {seed: stream("trials", task.name, seed) for seed in self.seeds}
        n_steps = task.timing.n_steps
        self.weights = step_weights(n_steps, task.response_window, protocol.weight_before_response).to(device)
        factors = torch.ones(1, self.ensemble.n_parameters, device=device)
        self.ensemble.views(factors)["recurrent"].fill_(protocol.recurrent_rate)
        self.adam = Adam(protocol.adam_decay, protocol.gradient_norm, factors[0])
        self.evaluation = Examination(task, protocol.n_evaluation_trials, stream("evaluation", task.name), device)
        self.test = Examination(task, protocol.n_test_trials, stream("test", task.name), device)
        self.updates = 0
        self.in_a_row = dict.fromkeys(self.seeds, 0)
        self.curves: dict[int, list[dict[str, float]]] = {seed: [] for seed in self.seeds}
        self.snapshots: dict[int, dict[int, Weights]] = {seed: {} for seed in self.seeds}
        self.done: list[TrainedNetwork] = []
        self._allocate()

    def _allocate(self) -> None:
        n, steps, trials = len(self.seeds), self.task.timing.n_steps, self.protocol.batch_size
        self.inputs = torch.ones(n, steps, trials, self.task.n_inputs + 1, device=self.ensemble.device)
        self.targets = torch.zeros(n, steps, trials, dtype=torch.int64, device=self.ensemble.device)

    def advance(self) -> None:
        """Update up to the next evaluation, evaluate, and let those that are done leave."""
        last = min(self.updates + self.protocol.evaluate_every, self.protocol.max_updates)
        while self.updates < last and self.seeds:
            self._update()
        if self.seeds:
            self._evaluate()

    def _update(self) -> None:
        for index, seed in enumerate(self.seeds):
            trials = self.task.sample(self.protocol.batch_size, self.streams[seed])
            self.inputs[index, :, :, :-1].copy_(torch.from_numpy(trials.inputs).transpose(0, 1))
            self.targets[index].copy_(torch.from_numpy(trials.targets).transpose(0, 1))
        logits = self.ensemble.forward(self.inputs)
        self.ensemble.backward(
            loss_gradient(logits, self.targets, self.weights), self.gradient, self.protocol.activity_penalty
        )
        rate = self.protocol.rate_at(self.updates)
        finite = self.adam.step(
            self.ensemble.parameters, self.gradient, self.mean, self.square, rate, self.updates
        ).tolist()
        self.updates += 1
        if self.updates in self.protocol.snapshots:
            for seed, weights in zip(self.seeds, self.ensemble.split(), strict=True):
                self.snapshots[seed][self.updates] = weights
        if not all(finite):
            remedy = "lower training.learning_rate or training.gradient_norm, or raise training.activity_penalty"
            status = Status(Code.DIVERGED, f"the gradient is not finite at update {self.updates}; {remedy}")
            self._retire({seed: status for seed, fine in zip(self.seeds, finite, strict=True) if not fine})

    def _evaluate(self) -> None:
        protocol = self.protocol
        # Only infinity is final here: clipped steps have brought networks back from activities of 1e4.
        results = self.evaluation.examine(self.ensemble, self.weights, largest=math.inf)
        leaving: dict[int, Status] = {}
        for seed, result in zip(self.seeds, results, strict=True):
            self.curves[seed].append({"updates": float(self.updates), **result.row()})
            good = result.passes(protocol.stop_fraction, protocol.stop_fixation)
            self.in_a_row[seed] = self.in_a_row[seed] + 1 if good else 0
            if not result.status.ok:
                leaving[seed] = result.status
            elif self.in_a_row[seed] >= protocol.patience or self.updates >= protocol.max_updates:
                leaving[seed] = OK
        self._retire(leaving)

    def _retire(self, leaving: dict[int, Status]) -> None:
        if not leaving:
            return
        index = [self.seeds.index(seed) for seed in leaving]
        keep = [i for i in range(len(self.seeds)) if i not in index]
        rows = self.ensemble.parameters
        self.ensemble.use(rows[index])
        results = self.test.examine(self.ensemble, self.weights)
        for (seed, status), final, result in zip(leaving.items(), self.ensemble.split(), results, strict=True):
            status = status if not status.ok else result.status
            reached = status.ok and result.passes(self.protocol.criterion, self.protocol.fixation_criterion)
            if status.ok and not reached:
                status = self._not_reached(result.accuracy, result.ceiling, result.fixation)
            self.done.append(
                TrainedNetwork(
                    self.architecture,
                    self.task.name,
                    seed,
                    self.initial[seed],
                    final,
                    self.updates,
                    result.accuracy,
                    result.ceiling,
                    result.fixation,
                    reached,
                    status,
                    self.curves[seed],
                    self.snapshots[seed],
                )
            )
        self.seeds = [self.seeds[i] for i in keep]
        if self.seeds:
            self.ensemble.use(rows[keep])
            self.mean, self.square, self.gradient = (matrix[keep] for matrix in (self.mean, self.square, self.gradient))
            self._allocate()

    def _not_reached(self, accuracy: float, ceiling: float, fixation: float) -> Status:
        return Status(
            Code.NOT_REACHED,
            f"accuracy {accuracy:.3f} of a possible {ceiling:.3f} (asked: {self.protocol.criterion:g} of it) and "
            f"fixation {fixation:.3f} (asked: {self.protocol.fixation_criterion:g}) after {self.updates} updates; "
            f"raise training.max_updates or the number of units",
        )

    def state(self) -> TrainingState:
        """A copy of everything that the next update depends on."""
        parameters, mean, square = (
            matrix.to("cpu", copy=True).numpy() for matrix in (self.ensemble.parameters, self.mean, self.square)
        )
        return TrainingState(
            self.updates,
            list(self.seeds),
            parameters,
            mean,
            square,
            [self.streams[seed].bit_generator.state for seed in self.seeds],  # type: ignore[misc]
            [self.in_a_row[seed] for seed in self.seeds],
            {seed: list(curve) for seed, curve in self.curves.items()},
            {seed: dict(kept) for seed, kept in self.snapshots.items()},
            list(self.done),
        )

    def resume(self, state: TrainingState) -> None:
        """Go on from there."""
        self.updates, self.seeds, self.done = state.updates, list(state.seeds), list(state.done)
        device = self.ensemble.device
        self.ensemble.use(torch.tensor(state.parameters, device=device))
        self.mean, self.square = (torch.tensor(matrix, device=device) for matrix in (state.mean, state.square))
        self.gradient = torch.zeros_like(self.mean)
        for seed, bits in zip(state.seeds, state.streams, strict=True):
            self.streams[seed].bit_generator.state = bits
        self.in_a_row = dict(zip(state.seeds, state.in_a_row, strict=True))
        self.curves = {seed: list(curve) for seed, curve in state.curves.items()}
        self.snapshots = {seed: dict(kept) for seed, kept in state.snapshots.items()}
        self._allocate()
