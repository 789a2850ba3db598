"""The distance between the spectra of two operators: cheap, blind to eigenvectors, a cross-check on the alignment.

Operators that differ only by a change of basis, orthogonal or not, have the same eigenvalues; so this distance is zero
where DSA's is, and also where only the angles between the modes differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Complex, Float
from scipy.optimize import linear_sum_assignment

from dynashape.dissimilarity.alignment.matrices import check_operators
from dynashape.records import Array


def spectral_distance(A: Any, B: Any, *, zero_pad: bool = False) -> float:
    """The 2-Wasserstein distance between the eigenvalues of two operators, each eigenvalue weighing the same.

    The root of the mean squared distance in the complex plane over the best one-to-one matching, which is found exactly
    (dsa-metric's "wasserstein" score is the square of it; Redman et al. 2024 compare spectra in this way). Unlike the
    alignment it does not scale the operators to unit norm: eigenvalues are growth rates and frequencies. `A` and `B`
    are square arrays or records with a `.matrix`. Raises `InputError` for unequal ranks unless `zero_pad`.

    >>> spectral_distance(np.diag([0.9, 0.5]), np.diag([0.5, 0.8])) < 0.0708
    True
    """
    first, second = check_operators([A, B], zero_pad)
    return _matched(np.linalg.eigvals(first), np.linalg.eigvals(second))


def spectral_distances(operators: Sequence[Any], *, zero_pad: bool = False) -> Float[Array, "systems systems"]:
    """The spectral distance between all pairs of operators, as a symmetric matrix; see `spectral_distance`."""
    spectra = [np.linalg.eigvals(matrix) for matrix in check_operators(operators, zero_pad)]
    out = np.zeros((len(spectra), len(spectra)))
    for i, first in enumerate(spectra):
        for j in range(i):
            out[i, j] = out[j, i] = _matched(first, spectra[j])
    return out


def _matched(
    first: Float[Array, " n"] | Complex[Array, " n"], second: Float[Array, " n"] | Complex[Array, " n"]
) -> float:
    cost = np.abs(first[:, None] - second[None, :]) ** 2
    rows, columns = linear_sum_assignment(cost)
    return float(np.sqrt(cost[rows, columns].mean()))
