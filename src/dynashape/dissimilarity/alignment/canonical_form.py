"""One operator's share of the work: its canonical form, which does not depend on the coordinates it came in.

What can be compared are square matrices of one rank, or records that hold one. Two that differ by an orthogonal change
of basis have the same canonical form, to rounding. Alignment starts from canonical forms rounded to float32, so that it
goes the same way, bit for bit, whatever the coordinates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeAlias, no_type_check, runtime_checkable

import numpy as np
from jaxtyping import Float, Shaped

from dynashape.arguments import real_array, shown
from dynashape.dissimilarity.alignment.momentum import compiled
from dynashape.errors import InputError
from dynashape.records import Array

# Weights of A+A', AA', A'A and A^2+A'^2 (A traceless, of unit norm). Each eigenbasis turns with A, so matching two of
# them is independent of the coordinates. The first is the frame the search works in: close to the eigenbasis of A+A',
# where the Hessian is nearly diagonal, and not void for skew operators, whose symmetric part is zero.
COMBINATIONS: tuple[tuple[float, float, float, float], ...] = (
    (1.0, 0.2, 0.13, 0.07),
    (1.0, 0.0, 0.0, 0.0),
    (0.0, 1.0, 0.0, 0.0),
    (0.0, 0.0, 1.0, 0.0),
    (0.0, 0.0, 0.0, 1.0),
    (0.3, 0.5, -0.8, 0.4),
)


@runtime_checkable
class HasMatrix(Protocol):
    """A record with a `matrix`, such as an `Operator`."""

    @property
    def matrix(self) -> Array:
        """The operator as a square matrix."""


OperatorLike: TypeAlias = Shaped[Array, "..."] | HasMatrix


def check_operators(operators: Any, zero_pad: bool = False) -> list[Float[Array, "n n"]]:
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


@dataclass(frozen=True)
class Canonical:
    """An operator in its own frame: `unit` = F' A F at unit norm, `traceless` its traceless part at unit norm.

    `frame` is F. `turns` are the other frames relative to F (the first is the identity). `rough` is the float32
    traceless part that alignments search with, in the eigenbasis `eigen` of its symmetric part: diagonal plus skew.
    `trace` is that of `unit`, `size` the norm of the traceless part, `spectrum` the eigenvalues of F.
    """

    unit: Float[Array, "n n"]
    traceless: Float[Array, "n n"]
    frame: Float[Array, "n n"]
    turns: Float[Array, "frames n n"]
    rough: Float[Array, "n n"]
    eigen: Float[Array, "n n"]
    trace: float
    size: float
    spectrum: Float[Array, " n"]

    @cached_property
    def gain(self) -> float:
        """The largest singular value of the traceless part."""
        return float(np.linalg.norm(self.traceless, 2))

    @property
    def order(self) -> bytes:
        """A name for the canonical form, so that (A, B) and (B, A) are the same problem."""
        return self.rough.tobytes()


def canonicalise(matrix: Float[Array, "n n"]) -> Canonical:
    """Scale an operator to unit norm and turn it into its own frame; done once an operator, however many the pairs.

    >>> canonicalise(np.diag([3.0, -4.0])).unit.round(3).tolist()
    [[-0.8, 0.0], [0.0, 0.6]]
    """
    unit = matrix / np.abs(matrix).max()
    unit = unit / np.linalg.norm(unit)
    traceless, _ = _split(unit)
    spectra, bases = np.linalg.eigh(_combinations(traceless))
    bases = bases * _signs(bases.mT @ unit @ bases)[:, None, :]
    frame = bases[0]
    unit = frame.T @ unit @ frame
    traceless, size = _split(unit)
    turns = np.concatenate([np.eye(len(unit))[None], frame.T @ bases[1:]])
    rough, eigen = _diagonal_and_skew(traceless.astype(np.float32).astype(np.float64))
    return Canonical(unit, traceless, frame, turns, rough, eigen, float(np.trace(unit)), size, spectra[0])


def _diagonal_and_skew(rounded: Float[Array, "n n"]) -> tuple[Float[Array, "n n"], Float[Array, "n n"]]:
    """The matrix in an eigenbasis of its symmetric part, float32, and that basis.

    Of repeated eigenvalues any basis will do: the matrix is rounded, so whatever eigh takes is the same each time.
    """
    values, basis = np.linalg.eigh((rounded + rounded.T) / 2)
    skew = basis.T @ ((rounded - rounded.T) / 2) @ basis
    return (np.diag(values) + (skew - skew.T) / 2).astype(np.float32), basis


def _split(unit: Float[Array, "n n"]) -> tuple[Float[Array, "n n"], float]:
    """The traceless part at unit norm, and its norm; zero where the operator is a multiple of the identity."""
    n = len(unit)
    traceless = unit - np.trace(unit) / n * np.eye(n)
    size = float(np.linalg.norm(traceless))
    return (traceless / size, size) if size > 1e-12 else (np.zeros_like(unit), 0.0)


def _combinations(T: Float[Array, "n n"]) -> Float[Array, "frames n n"]:
    invariants = (T + T.T, T @ T.T, T.T @ T, T @ T + (T @ T).T)
    out = np.zeros((len(COMBINATIONS), *T.shape))
    for weights, S in zip(np.transpose(COMBINATIONS), invariants, strict=True):
        out += weights[:, None, None] * S
    return out


def _signs(units: Float[Array, "frames n n"]) -> Float[Array, "frames n"]:
    """Signs of the eigenvectors that do not depend on those eigh chose: they make couplings positive.

    Of the two couplings of a pair of coordinates a sum with unequal weights is made positive; with equal weights, or
    the larger of the two, skew parts would be void or left to rounding.
    """
    coupling = np.triu(units + 0.618 * units.mT, 1)
    return follow_tree(coupling + coupling.mT)


def follow_tree(coupling: Float[Array, "frames n n"]) -> Float[Array, "frames n"]:
    """Signs that make every coupling along the strongest spanning tree of each symmetric matrix positive.

    The first sign is +1. This is Prim's algorithm, compiled: array by array it takes as long as all else that is done
    to a small operator.
    """
    signs = np.ones(coupling.shape[:2])
    _follow_tree(np.ascontiguousarray(coupling), signs)
    return signs


@compiled
@no_type_check
def _follow_tree(coupling, signs):
    n = coupling.shape[1]
    for frame in range(len(coupling)):
        outside, parent = np.ones(n, np.bool_), np.zeros(n, np.int64)
        nearest = np.abs(coupling[frame, 0])
        outside[0] = False
        for _ in range(n - 1):
            node = -1
            for k in range(n):
                if outside[k] and (node < 0 or nearest[k] > nearest[node]):
                    node = k
            outside[node] = False
            if coupling[frame, node, parent[node]] < 0.0:
                signs[frame, node] = -signs[frame, parent[node]]
            else:
                signs[frame, node] = signs[frame, parent[node]]
            for k in range(n):
                if abs(coupling[frame, node, k]) > nearest[k]:
                    nearest[k], parent[k] = abs(coupling[frame, node, k]), node
