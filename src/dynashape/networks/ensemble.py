"""Networks of one architecture in one batch: weights in one matrix, a row a network; run and differentiated together.

No operation mixes networks, and batched products of any number of them round alike, so a network gives the same numbers
alone and in company.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dynashape.errors import InputError
from dynashape.networks.cell import Cell, Weights
from dynashape.networks.tape import Tape

_ALIGNMENT = 16  # floats: every matrix begins on a cache line, so the products read the same way in every row


class Ensemble:
    """Networks of one cell and one size, which run and are differentiated in one batch.

    Parameters
    ----------
    cell : Cell
        The architecture of every network.
    weights : sequence of Weights
        The weights of each network; all must have the same shapes.
    dtype : torch.dtype, default torch.float32
        The precision of weights and activity.

    Attributes
    ----------
    parameters : Tensor of shape (networks, parameters)
        Every weight of every network, a row a network.
    stacked : dict of str to Tensor
        Views into `parameters`: ``input`` (networks, gates, channels, units), ``bias`` (networks, gates, units),
        ``recurrent`` (networks, gates, units, units), ``readout`` (networks, units, actions) and ``readout_bias``
        (networks, actions).

    Raises
    ------
    InputError
        For no weights, or weights that do not fit the cell.

    Examples
    --------
    >>> from dynashape.networks import make_cell
    >>> cell = make_cell("V-RNN")
    >>> weights = [cell.initialise(3, 8, 2, np.random.default_rng(seed)) for seed in range(4)]
    >>> activity, logits = Ensemble(cell, weights).run(torch.zeros(4, 5, 10, 3))
    >>> activity.shape, logits.shape
    (torch.Size([4, 5, 10, 8]), torch.Size([4, 5, 10, 2]))
    """

    def __init__(
        self,
        cell: Cell,
        weights: Sequence[Weights],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        if not weights:
            raise InputError("an ensemble needs the weights of at least one network; got none.")
        self.cell, self.dtype = cell, dtype
        self.n_inputs, self.n_units = weights[0]["input"].shape[1:]
        self.n_actions = weights[0]["readout"].shape[1]
        self._check(weights)
        sizes = [
            len(cell.gates) * (self.n_inputs + 1) * self.n_units,
            len(cell.gates) * self.n_units**2,
            self.n_units * self.n_actions,
            self.n_actions,
        ]
        self._starts = np.cumsum([0] + [math.ceil(size / _ALIGNMENT) * _ALIGNMENT for size in sizes]).tolist()
        self.use(torch.zeros(len(weights), self._starts[-1], dtype=dtype))
        for index, one in enumerate(weights):
            for name, view in self.stacked.items():
                view[index] = torch.tensor(np.asarray(one[name]), dtype=dtype)

    def _check(self, weights: Sequence[Weights]) -> None:
        gates, n, k, a = len(self.cell.gates), self.n_units, self.n_inputs, self.n_actions
        right = {
            "input": (gates, k, n),
            "bias": (gates, n),
            "recurrent": (gates, n, n),
            "readout": (n, a),
            "readout_bias": (a,),
        }
        for index, one in enumerate(weights):
            got = {name: tuple(array.shape) for name, array in one.items()}
            if got != right:
                raise InputError(
                    f"the weights of network {index} do not fit a {self.cell.name} of this ensemble: "
                    f"expected shapes {right}; got {got}."
                )

    @property
    def n_networks(self) -> int:
        """Number of networks in the ensemble."""
        return int(self.parameters.shape[0])

    @property
    def n_parameters(self) -> int:
        """Length of a row of `parameters`, with the few zeros between the arrays."""
        return int(self._starts[-1])

    def use(self, parameters: Float[Tensor, "networks parameters"]) -> None:
        """Replace the parameters by a matrix of the same layout and any number of rows."""
        self.parameters = parameters
        self.stacked = self.views(parameters)
        self._tape: Tape | None = None

    def views(self, matrix: Float[Tensor, "networks parameters"]) -> dict[str, Tensor]:
        """Give the arrays by name, as views into a matrix that is laid out as `parameters`, such as a gradient."""
        arrays = self._matrices(matrix)
        return {
            "input": arrays[0][:, :, :-1],
            "bias": arrays[0][:, :, -1],
            "recurrent": arrays[1],
            "readout": arrays[2],
            "readout_bias": arrays[3][:, 0],
        }

    def _matrices(self, matrix: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        gates, n, rows = len(self.cell.gates), self.n_units, matrix.shape[0]
        shapes = [(gates, self.n_inputs + 1, n), (gates, n, n), (n, self.n_actions), (1, self.n_actions)]
        out = [
            matrix[:, start : start + math.prod(shape)].view(rows, *shape)
            for start, shape in zip(self._starts, shapes, strict=False)
        ]
        return out[0], out[1], out[2], out[3]

    def split(self) -> list[Weights]:
        """Give the weights of each network, as arrays of their own."""
        return [
            {name: view[index].to(torch.float32, copy=True).numpy() for name, view in self.stacked.items()}
            for index in range(self.n_networks)
        ]

    def run(
        self, inputs: Float[Tensor, "networks trials steps channels"], trials_at_once: int = 64
    ) -> tuple[Float[Tensor, "networks trials steps units"], Float[Tensor, "networks trials steps actions"]]:
        """Run every network on its own inputs.

        Parameters
        ----------
        inputs : Tensor of shape (networks, trials, steps, channels)
            The inputs of each network.
        trials_at_once : int, default 64
            Trials are taken so many at a time, so that memory does not grow with their number.

        Returns
        -------
        activity : Tensor of shape (networks, trials, steps, units)
            The activity of each network.
        logits : Tensor of shape (networks, trials, steps, actions)
            What each network reads out.
        """
        n_networks, n_trials, n_steps, _ = inputs.shape
        activity = torch.empty(n_networks, n_trials, n_steps, self.n_units, dtype=self.dtype)
        logits = torch.empty(n_networks, n_trials, n_steps, self.n_actions, dtype=self.dtype)
        for start in range(0, n_trials, trials_at_once):
            part = slice(start, start + trials_at_once)
            logits[:, part] = self.forward(with_ones(inputs[:, part].to(self.dtype))).transpose(1, 2)
            assert self._tape is not None
            activity[:, part] = self._tape.activity[:, 1:].transpose(1, 2)
        return activity, logits

    def forward(
        self, inputs: Float[Tensor, "networks steps trials channels_and_one"]
    ) -> Float[Tensor, "networks steps trials actions"]:
        """Compute the logits for time-major inputs whose last channel is one, and keep what `backward` needs."""
        n_networks, n_steps, n_trials, _ = inputs.shape
        tape = self._tape
        if tape is None or (tape.n_networks, tape.n_steps, tape.n_trials) != (n_networks, n_steps, n_trials):
            tape = self._tape = Tape(
                len(self.cell.gates),
                n_networks,
                n_steps,
                n_trials,
                self.n_units,
                self.cell.extra_buffers(),
                self.dtype,
            )
        into, recurrent, readout, readout_bias = self._matrices(self.parameters)
        self._inputs = inputs.flatten(1, 2)
        for gate in range(len(self.cell.gates)):
            torch.bmm(self._inputs, into[:, gate], out=tape.drive[gate].flatten(1, 2))
        self.cell.forward(tape, recurrent)
        # Few actions make a thin matrix, and products with it are far quicker when it stands on the left.
        thin = torch.bmm(readout.transpose(1, 2), tape.after.transpose(1, 2)).add_(readout_bias.transpose(1, 2))
        return thin.view(n_networks, self.n_actions, n_steps, n_trials).movedim(1, 3)

    @property
    def activity(self) -> Float[Tensor, "networks steps trials units"]:
        """The activity of the last `forward`: a view, which the next one overwrites."""
        if self._tape is None:
            raise InputError("the ensemble has not been run yet; call forward first.")
        return self._tape.activity[:, 1:]

    def backward(
        self,
        logits_gradient: Float[Tensor, "networks steps trials actions"],
        gradient: Float[Tensor, "networks parameters"],
        activity_penalty: float = 0.0,
    ) -> None:
        """Write into `gradient` (laid out as `parameters`) the gradient of each network's loss, after `forward`.

        `activity_penalty` adds that many times the mean squared activity (over units, steps and trials) to the loss.
        """
        tape = self._tape
        if tape is None:
            raise InputError("backward needs the forward pass that it belongs to; call forward first.")
        _, recurrent, readout, _ = self._matrices(self.parameters)
        d_into, d_recurrent, d_readout, d_readout_bias = self._matrices(gradient)
        d_logits = logits_gradient.flatten(1, 2)
        d_activity = tape.activity_gradient[:, 1:].flatten(1, 2)
        for index, one in enumerate(d_logits):
            # One by one: batches of this thin product round by their size where n_units is no multiple of 16.
            d_readout[index] = (one.T @ tape.after[index]).T
        ones = self._inputs[:, :, -1:]
        torch.bmm(ones.transpose(1, 2), d_logits, out=d_readout_bias)
        torch.bmm(d_logits, readout.transpose(1, 2), out=d_activity)
        if activity_penalty:
            scale = 2 * activity_penalty / (tape.n_steps * tape.n_trials * self.n_units)
            d_activity.add_(tape.after, alpha=scale)
        d_drive, of_recurrent = self.cell.backward(tape, recurrent)
        d_recurrent.copy_(of_recurrent)
        inputs = self._inputs.transpose(1, 2)
        for gate in range(len(self.cell.gates)):
            torch.bmm(inputs, d_drive[gate].flatten(1, 2), out=d_into[:, gate])


def with_ones(
    inputs: Float[Tensor, "networks trials steps channels"],
) -> Float[Tensor, "networks steps trials channels_and_one"]:
    """Time-major inputs with a last channel of ones, whose weights are the biases.

    So one product brings inputs and biases to the units, and one takes both gradients back.
    """
    n_networks, n_trials, n_steps, n_channels = inputs.shape
    out = inputs.new_ones(n_networks, n_steps, n_trials, n_channels + 1)
    out[..., :-1] = inputs.transpose(1, 2)
    return out
