"""The buffers of one pass through time: filled by the forward pass, read and overwritten by the backward one.

They are laid out (gates, networks, steps, trials, units): the block of a network at a step is contiguous, so every step
is one batched product without copies, and all steps of a network are one tall matrix for the input and weight-gradient
products.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor


class Tape:
    """The buffers that a cell's `forward` fills and its `backward` reads, kept from update to update.

    They are kept because fresh memory for every update would cost page faults as dear as the arithmetic.

    Parameters
    ----------
    n_gates, n_networks, n_steps, n_trials, n_units : int
        The sizes of the buffers.
    extra : mapping of str to int
        The cell's own buffers (see `Cell.extra_buffers`): for each, the number of steps before the first one (0 or 1).
        A buffer that has one begins with a silent state.
    dtype : torch.dtype
        The precision of the buffers.

    Attributes
    ----------
    drive : Tensor of shape (gates, networks, steps, trials, units)
        What inputs and biases bring to each gate; `backward` may return its gradient in the same memory.
    activity, activity_gradient : Tensor of shape (networks, steps + 1, trials, units)
        The activity, which begins with the silent state, and the gradient of the loss with respect to it.
    extra : dict of str to Tensor
        The cell's own buffers, each (networks, steps, trials, units).
    scratch : tuple of three Tensor of shape (networks, trials, units)
        Memory for the intermediate values of one step.
    drive_at, activity_at, activity_gradient_at, extra_at : sequences of Tensor
        The same buffers as views by step.
    before, after : Tensor of shape (networks, steps * trials, units)
        The activity before and after each step, as tall matrices.
    """

    def __init__(
        self,
        n_gates: int,
        n_networks: int,
        n_steps: int,
        n_trials: int,
        n_units: int,
        extra: Mapping[str, int],
        dtype: torch.dtype,
    ) -> None:
        self.n_networks, self.n_steps, self.n_trials = n_networks, n_steps, n_trials

        def buffer(*shape: int) -> Tensor:
            return torch.zeros(shape, dtype=dtype)

        self.drive: Float[Tensor, "gates networks steps trials units"] = buffer(
            n_gates, n_networks, n_steps, n_trials, n_units
        )
        self.activity: Float[Tensor, "networks steps+1 trials units"] = buffer(
            n_networks, n_steps + 1, n_trials, n_units
        )
        self.activity_gradient: Float[Tensor, "networks steps+1 trials units"] = torch.zeros_like(self.activity)
        self.extra = {name: buffer(n_networks, n_steps + before, n_trials, n_units) for name, before in extra.items()}
        self.scratch = tuple(buffer(n_networks, n_trials, n_units) for _ in range(3))
        self.graph: tuple[Tensor, Tensor, Tensor] | None = None
        # Views by step, made once: indexing a tensor costs as much as a small elementwise operation.
        self.drive_at = [gate.unbind(1) for gate in self.drive]
        self.activity_at = self.activity.unbind(1)
        self.activity_gradient_at = self.activity_gradient.unbind(1)
        self.extra_at = {name: array.unbind(1) for name, array in self.extra.items()}
        self.before: Float[Tensor, "networks steps*trials units"] = self.activity[:, :-1].flatten(1, 2)
        self.after: Float[Tensor, "networks steps*trials units"] = self.activity[:, 1:].flatten(1, 2)

    def gates_at(self, start: int, stop: int) -> list[Tensor]:
        """Give the drive of the gates `start` to `stop` for each step, as a view (gates, networks, trials, units)."""
        return list(self.drive[start:stop].unbind(2))
