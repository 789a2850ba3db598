"""What a unit does with its summed input: ReLU, as in the published study, or tanh."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from dynashape.errors import InputError, unknown_name

_threshold_backward = torch.ops.aten.threshold_backward.grad_input
_tanh_backward = torch.ops.aten.tanh_backward.grad_input


class Nonlinearity(ABC):
    """An elementwise function whose derivative can be read from its value, so that nothing else need be kept."""

    name: str

    @abstractmethod
    def __call__(self, x: Tensor) -> Tensor:
        """The value, differentiable by autograd."""

    @abstractmethod
    def into(self, x: Tensor, out: Tensor) -> None:
        """The value, written into `out` (which may be `x`)."""

    @abstractmethod
    def pull_back(self, gradient: Tensor, value: Tensor, out: Tensor) -> None:
        """`gradient` times the derivative where the function has this `value`, into `out` (which may be either)."""


class Relu(Nonlinearity):
    """max(x, 0)."""

    name = "relu"

    def __call__(self, x: Tensor) -> Tensor:
        return torch.relu(x)

    def into(self, x: Tensor, out: Tensor) -> None:
        torch.clamp_min(x, 0, out=out)

    def pull_back(self, gradient: Tensor, value: Tensor, out: Tensor) -> None:
        _threshold_backward(gradient, value, 0, grad_input=out)


class Tanh(Nonlinearity):
    """Hyperbolic tangent."""

    name = "tanh"

    def __call__(self, x: Tensor) -> Tensor:
        return torch.tanh(x)

    def into(self, x: Tensor, out: Tensor) -> None:
        torch.tanh(x, out=out)

    def pull_back(self, gradient: Tensor, value: Tensor, out: Tensor) -> None:
        _tanh_backward(gradient, value, grad_input=out)


_KNOWN: dict[str, Nonlinearity] = {"relu": Relu(), "tanh": Tanh()}


def make_nonlinearity(name: str) -> Nonlinearity:
    """The nonlinearity of this name.

    Raises `InputError` for a name that is not known.

    >>> make_nonlinearity("relu")(torch.tensor([-1.0, 2.0])).tolist()
    [0.0, 2.0]
    """
    if name not in _KNOWN:
        raise InputError(unknown_name("nonlinearity", name, _KNOWN))
    return _KNOWN[name]
