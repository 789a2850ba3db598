"""One operator's share of the work: its canonical form, which does not depend on the coordinates it came in.

Two operators that differ by an orthogonal change of basis have the same canonical form, to rounding. Alignment starts
from canonical forms rounded to float32, so that it goes the same way, bit for bit, whatever the coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

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


@dataclass(frozen=True)
class Canonical:
    """An operator in its own frame: `unit` = F' A F at unit norm, `traceless` its traceless part at unit norm.

    `frame` is F. `turns` are the other frames relative to F (the first is the identity). `rough` is the float32
    traceless part that alignments search with, in the eigenbasis `eigen` of its symmetric part: diagonal plus skew.
    `size` is the norm of the traceless part, `gain` its largest singular value, `spectrum` the eigenvalues of F.
    """

    unit: Float[Array, "n n"]
    traceless: Float[Array, "n n"]
    frame: Float[Array, "n n"]
    turns: Float[Array, "frames n n"]
    rough: Float[Array, "n n"]
    eigen: Float[Array, "n n"]
    size: float
    gain: float
    spectrum: Float[Array, " n"]

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
    spectra, bases = np.linalg.eigh(np.stack(_combinations(traceless)))
    bases = bases * _signs(bases.mT @ unit @ bases)[:, None, :]
    frame = bases[0]
    unit = frame.T @ unit @ frame
    traceless, size = _split(unit)
    turns = np.concatenate([np.eye(len(unit))[None], frame.T @ bases[1:]])
    gain = float(np.linalg.norm(traceless, 2))
    rough, eigen = _diagonal_and_skew(traceless.astype(np.float32).astype(np.float64))
    return Canonical(unit, traceless, frame, turns, rough, eigen, size, gain, spectra[0])


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


def _combinations(T: Float[Array, "n n"]) -> list[Float[Array, "n n"]]:
    invariants = (T + T.T, T @ T.T, T.T @ T, T @ T + (T @ T).T)
    return [
        sum((w * S for w, S in zip(weights, invariants, strict=True)), np.zeros_like(T)) for weights in COMBINATIONS
    ]


def _signs(units: Float[Array, "frames n n"]) -> Float[Array, "frames n"]:
    """Signs of the eigenvectors that do not depend on those eigh chose: they make couplings positive.

    Of the two couplings of a pair of coordinates a sum with unequal weights is made positive; with equal weights, or
    the larger of the two, skew parts would be void or left to rounding.
    """
    coupling = np.triu(units + 0.618 * units.mT, 1)
    return follow_tree(coupling + coupling.mT)


def follow_tree(coupling: Float[Array, "frames n n"]) -> Float[Array, "frames n"]:
    """Signs that make every coupling along the strongest spanning tree of each symmetric matrix positive.

    The first sign is +1. This is Prim's algorithm, for all matrices at once: scipy's, one by one, takes longer than all
    else that is done to an operator.
    """
    strength, frames = np.abs(coupling), np.arange(len(coupling))
    signs, outside = np.ones(coupling.shape[:2]), np.ones(coupling.shape[:2], dtype=bool)
    outside[:, 0] = False
    nearest, parent = strength[:, 0].copy(), np.zeros(coupling.shape[:2], dtype=np.int64)
    for _ in range(coupling.shape[1] - 1):
        node = np.where(outside, nearest, -1.0).argmax(1)
        link = coupling[frames, node, parent[frames, node]]
        signs[frames, node] = signs[frames, parent[frames, node]] * np.where(link < 0.0, -1.0, 1.0)
        outside[frames, node] = False
        nearer = strength[frames, node] > nearest
        nearest, parent = np.where(nearer, strength[frames, node], nearest), np.where(nearer, node[:, None], parent)
    return signs
