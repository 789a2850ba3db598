"""Gaussian noise at a quarter of the price: the noise of a batch of PR costs more than all the rest of sampling it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from jaxtyping import Float

from dynashape.records import Array

_LEVELS = 2**16


@lru_cache(maxsize=1)
def _quantiles() -> Float[Array, " levels"]:
    """The normal quantiles at the centres of 65,536 equally likely bins, scaled to a variance of exactly one."""
    from scipy.special import ndtri

    table = ndtri((np.arange(_LEVELS) + 0.5) / _LEVELS)
    quantiles: Float[Array, " levels"] = (table / table.std()).astype(np.float32)
    quantiles.flags.writeable = False
    return quantiles


def gaussian_noise(shape: tuple[int, ...], rng: np.random.Generator) -> Float[Array, ...]:
    """Independent standard normal numbers in float32, of any shape.

    Each is a 16-bit draw looked up in a table of normal quantiles: four draws cost one 64-bit random number, a quarter
    of the time of the exact sampler (0.7 against 2.9 ms for 64 trials of PR). The price: the distribution function is
    off by at most 2**-17 and nothing lies beyond 4.3 standard deviations, which no batch of trials can tell.

    >>> gaussian_noise((2, 3), np.random.default_rng(0)).shape
    (2, 3)
    """
    size = int(np.prod(shape))
    # integers(), not random_raw(): a 32-bit generator such as MT19937 fills only half of a raw draw.
    bits = rng.integers(0, 2**64, size=size // 4 + 1, dtype=np.uint64)
    noise = np.empty(size, dtype=np.float32)
    # mode="clip" skips the bounds check; 16 bits cannot leave the table.
    np.take(_quantiles(), bits.view(np.uint16)[:size], out=noise, mode="clip")
    return np.reshape(noise, shape)
