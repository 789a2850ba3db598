"""Train all networks of one architecture and task in one batch, until each does its task or its updates are used up.

Each network has its own initial weights, trials, clipping and optimiser state, all named by its seed, so it becomes
the same network whichever others train beside it. Networks that are done leave the batch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch

from dynashape.errors import InputError
from dynashape.networks import Cell, Ensemble, Weights
from dynashape.records import OK, Code, Status
from dynashape.seeds import stream
from dynashape.tasks import Task
from dynashape.training.adam import Adam
from dynashape.training.advice import advise
from dynashape.training.evaluation import Evaluation, HeldOutTrials
from dynashape.training.learning_protocol import LearningProtocol
from dynashape.training.loss import loss_gradient, step_weights
from dynashape.training.score import describe_ceiling
from dynashape.training.state import StreamState, TrainingState
from dynashape.training.trained import CurvePoint, TrainedNetwork


def train_group(
    cell: Cell,
    task: Task,
    seeds: Sequence[int],
    *,
    n_units: int,
    protocol: LearningProtocol,
    architecture: str | None = None,
    state: TrainingState | None = None,
    on_state: Callable[[TrainingState], None] | None = None,
) -> list[TrainedNetwork]:
    """Train the networks of these seeds in one batch.

    Each network becomes the same, whichever others train beside it. A network that fails has a status that says so,
    and the others go on.

    Parameters
    ----------
    cell : Cell
        The architecture of the networks.
    task : Task
        What they learn.
    seeds : sequence of int
        One different number for each network; it names its initial weights and its trials.
    n_units : int
        The size of each network.
    protocol : LearningProtocol
        How they learn, and when they are done.
    architecture : str, default the name of the cell
        What the architecture is called in records and in the random streams of initial weights.
    state : TrainingState, optional
        Where to go on from; the result is the same as without the interruption.
    on_state : callable, optional
        Called after each evaluation with the `TrainingState`.

    Returns
    -------
    list of TrainedNetwork
        The networks, in the order of `seeds`.

    Raises
    ------
    InputError
        For no or repeated seeds.

    Examples
    --------
    >>> from dynashape.networks import make_cell
    >>> from dynashape.tasks import make_task
    >>> short = LearningProtocol(max_updates=2, n_evaluation_trials=8, n_test_trials=8)
    >>> [network] = train_group(make_cell("V-RNN"), make_task("GNG"), [0], n_units=8, protocol=short)
    >>> network.updates, network.status.code.value
    (2, 'not_reached')
    """
    if not seeds or len(set(seeds)) != len(seeds):
        raise InputError(f"seeds must be one or more different numbers; got {list(seeds)}.")
    with torch.no_grad():
        group = _Group(cell, architecture or cell.name, task, seeds, n_units, protocol)
        if state is not None:
            group.resume(state)
        while group.seeds:
            group.advance()
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
        protocol: LearningProtocol,
    ) -> None:
        self.cell, self.architecture, self.task, self.protocol = cell, architecture, task, protocol
        self.seeds = [int(seed) for seed in seeds]
        self.initial = {
            seed: cell.initialise(
                task.n_inputs, n_units, task.n_actions, stream("weights", architecture, task.name, seed)
            )
            for seed in self.seeds
        }
        self.ensemble = Ensemble(cell, [self.initial[seed] for seed in self.seeds])
        self.mean, self.square, self.gradient = (torch.zeros_like(self.ensemble.parameters) for _ in range(3))
        self.streams = {seed: stream("trials", task.name, seed) for seed in self.seeds}
        n_steps = task.timing.n_steps
        self.weights = step_weights(n_steps, task.response_window, protocol.weight_before_response)
        factors = torch.ones(1, self.ensemble.n_parameters)
        self.ensemble.views(factors)["recurrent"].fill_(protocol.recurrent_rate)
        self.adam = Adam(protocol.adam_decay, protocol.gradient_norm, factors[0])
        self.evaluation = HeldOutTrials(task, protocol.n_evaluation_trials, stream("evaluation", task.name))
        self.test = HeldOutTrials(task, protocol.n_test_trials, stream("test", task.name))
        self.updates = 0
        self.in_a_row = dict.fromkeys(self.seeds, 0)
        self.curves: dict[int, list[CurvePoint]] = {seed: [] for seed in self.seeds}
        self.snapshots: dict[int, dict[int, Weights]] = {seed: {} for seed in self.seeds}
        self.done: list[TrainedNetwork] = []
        self._allocate()

    def _allocate(self) -> None:
        n, steps, trials = len(self.seeds), self.task.timing.n_steps, self.protocol.batch_size
        self.inputs = torch.ones(n, steps, trials, self.task.n_inputs + 1)
        self.targets = torch.zeros(n, steps, trials, dtype=torch.int64)

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
        # Only infinity is final here, since clipped steps bring networks back from very large activity.
        results = self.evaluation.evaluate(self.ensemble, self.weights, largest=math.inf)
        leaving: dict[int, Status] = {}
        for seed, result in zip(self.seeds, results, strict=True):
            if result.status.code is not Code.DIVERGED:  # its numbers are not finite, and the status says so
                self.curves[seed].append(result.at(self.updates))
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
        results = self.test.evaluate(self.ensemble, self.weights)
        for (seed, status), final, result in zip(leaving.items(), self.ensemble.split(), results, strict=True):
            status = status if not status.ok else result.status
            reached = status.ok and result.passes(self.protocol.criterion, self.protocol.fixation_criterion)
            if status.ok and not reached:
                status = self._not_reached(result)
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
                    tuple(self.curves[seed]),
                    self.snapshots[seed],
                )
            )
        self.seeds = [self.seeds[i] for i in keep]
        if self.seeds:
            self.ensemble.use(rows[keep])
            self.mean, self.square, self.gradient = (matrix[keep] for matrix in (self.mean, self.square, self.gradient))
            self._allocate()

    def _not_reached(self, test: Evaluation) -> Status:
        protocol = self.protocol
        return Status(
            Code.NOT_REACHED,
            f"after {self.updates} updates accuracy {test.accuracy:.3f}, asked {protocol.criterion:g} x "
            f"{describe_ceiling(self.task, self.test.trials)}, and fixation {test.fixation:.3f}, asked "
            f"{protocol.fixation_criterion:g}; {advise(self.task, self.test.trials, test.accuracy)}",
        )

    def state(self) -> TrainingState:
        """Copy everything that the next update depends on."""
        parameters, mean, square = (
            matrix.clone().numpy() for matrix in (self.ensemble.parameters, self.mean, self.square)
        )
        return TrainingState(
            self.updates,
            tuple(self.seeds),
            parameters,
            mean,
            square,
            tuple(StreamState.of(self.streams[seed]) for seed in self.seeds),
            tuple(self.in_a_row[seed] for seed in self.seeds),
            {seed: tuple(curve) for seed, curve in self.curves.items()},
            {seed: dict(kept) for seed, kept in self.snapshots.items()},
            tuple(self.done),
        )

    def resume(self, state: TrainingState) -> None:
        """Go on from there."""
        self.updates, self.seeds, self.done = state.updates, list(state.seeds), list(state.done)
        self.ensemble.use(torch.tensor(state.parameters))
        self.mean, self.square = torch.tensor(state.mean), torch.tensor(state.square)
        self.gradient = torch.zeros_like(self.mean)
        for seed, where in zip(state.seeds, state.streams, strict=True):
            where.restore(self.streams[seed])
        self.in_a_row = dict(zip(state.seeds, state.in_a_row, strict=True))
        self.curves = {seed: list(curve) for seed, curve in state.curves.items()}
        self.snapshots = {seed: dict(kept) for seed, kept in state.snapshots.items()}
        self._allocate()
