"""Products of tall matrices, taken in parts of their rows.

OpenBLAS has a faster way for a product of at most a million multiplications, and a part stays in the processor's
cache.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float

from dynashape.records import Array

_MULTIPLICATIONS = 1_000_000
_FEWEST_ROWS = 256


def inner_product(a: Float[Array, "rows m"], b: Float[Array, "rows n"]) -> Float[Array, "m n"]:
    """The product a' b."""
    out = np.zeros((a.shape[1], b.shape[1]))
    for part in parts(len(a), out.size):
        out += a[part].T @ b[part]
    return out


def times(a: Float[Array, "rows m"], b: Float[Array, "m n"]) -> Float[Array, "rows n"]:
    """The product a b."""
    out = np.empty((len(a), b.shape[1]))
    for part in parts(len(a), b.size):
        np.matmul(a[part], b, out=out[part])
    return out


def parts(n_rows: int, a_row: int) -> Iterator[slice]:
    """The rows in parts, for a product with `a_row` multiplications in each row."""
    n_at_once = max(_FEWEST_ROWS, _MULTIPLICATIONS // max(a_row, 1))
    for start in range(0, n_rows, n_at_once):
        yield slice(start, min(start + n_at_once, n_rows))
