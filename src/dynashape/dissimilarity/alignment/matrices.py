"""What can be compared as an operator: square matrices of one rank, or records that hold one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from jaxtyping import Float, Shaped

from dynashape.arguments import real_array, shown
from dynashape.errors import InputError
from dynashape.records import Array


@runtime_checkable
class HasMatrix(Protocol):
    """A record with a `matrix`, such as an `Operator`."""

    @property
    def matrix(self) -> Array:
        """The operator as a square matrix."""


OperatorLike: TypeAlias = Shaped[Array, "..."] | HasMatrix


def check_operators(operators: Sequence[OperatorLike], zero_pad: bool = False) -> list[Float[Array, "n n"]]:
    """The operators as float64 matrices of one rank; one InputError that lists every fault."""
    if not isinstance(operators, Sequence) and getattr(operators, "ndim", 0) != 3:
        raise InputError(f"operators must be a list of square matrices; got {shown(operators)}.")
    given = [
        real_array(f"operator {k}", op.matrix if isinstance(op, HasMatrix) else op) for k, op in enumerate(operators)
    ]
    if not given:
        raise InputError("operators must hold at least one square matrix; got none.")
    faults = [
        f"operator {k} must hold real numbers, got {m.dtype}" for k, m in enumerate(given) if m.dtype.kind not in "fiub"
    ]
    if faults:
        raise InputError("; ".join(faults) + ".")
    matrices = [matrix.astype(np.float64) for matrix in given]
    for k, matrix in enumerate(matrices):
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.size == 0:
            faults.append(f"operator {k} must be a square matrix, got shape {matrix.shape}")
        elif not np.isfinite(matrix).all():
            faults.append(f"operator {k} holds NaN or infinity")
        elif not matrix.any():
            faults.append(f"operator {k} is zero, which has no angle to anything")
    ranks = {matrix.shape[0] for matrix in matrices if matrix.ndim == 2}
    if not faults and len(ranks) > 1 and not zero_pad:
        faults.append(f"operators have ranks {sorted(ranks)}; fit them with one common rank, or pass zero_pad=True")
    if faults:
        raise InputError("; ".join(faults) + ".")
    rank = max(ranks)
    return [np.pad(matrix, (0, rank - matrix.shape[0])) for matrix in matrices]
