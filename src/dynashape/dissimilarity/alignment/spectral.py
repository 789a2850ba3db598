"""The distance between the spectra of two operators: cheap, blind to eigenvectors, a cross-check on the alignment.

Operators that differ only by a change of basis, orthogonal or not, have the same eigenvalues; so this distance is zero
where DSA's is, and also where only the angles between the modes differ.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float, Inexact
from scipy.optimize import linear_sum_assignment

from dynashape.arguments import read_arguments
from dynashape.cores import on_one_blas_thread
from dynashape.dissimilarity.alignment.canonical_form import OperatorLike, check_operators
from dynashape.records import Array


@on_one_blas_thread
@read_arguments()
def spectral_distance(A: OperatorLike, B: OperatorLike, *, zero_pad: bool = False) -> float:
    """Compute the 2-Wasserstein distance between the eigenvalues of two operators.

    Parameters
    ----------
    A, B : array of shape (n, n), or Operator
        The operators; any record with a `matrix` will do.
    zero_pad : bool, default False
        Whether operators of unequal rank are filled up with zeros.

    Returns
    -------
    float
        The root of the mean squared distance in the complex plane over the best one-to-one matching, which is found
        exactly. A plain number: unlike in an alignment, operators are not scaled to unit norm, since eigenvalues are
        growth rates and frequencies.

    Raises
    ------
    InputError
        Where an operator is not square, not finite or zero, or where ranks are unequal without `zero_pad`.

    Notes
    -----
    The "wasserstein" score of dsa-metric is the square of this distance.

    References
    ----------
    Redman et al. 2024, "Identifying equivalent training dynamics".

    Examples
    --------
    >>> spectral_distance(np.diag([0.9, 0.5]), np.diag([0.5, 0.8])) < 0.0708
    True
    """
    return match_eigenvalues(*compute_spectra([A, B], zero_pad=zero_pad))


@on_one_blas_thread
@read_arguments()
def spectral_distances(operators: Any, *, zero_pad: bool = False) -> Float[Array, "systems systems"]:
    """Compute the spectral distance between all pairs of operators; see `spectral_distance`.

    Parameters
    ----------
    operators : sequence of array of shape (n, n), or of Operator
        One operator a system.
    zero_pad : bool, default False
        Whether operators of unequal rank are filled up with zeros.

    Returns
    -------
    array of shape (systems, systems)
        Symmetric, with zeros in its diagonal.

    Raises
    ------
    InputError
        As `spectral_distance` does.
    """
    spectra = compute_spectra(operators, zero_pad=zero_pad)
    out = np.zeros((len(spectra), len(spectra)))
    for i, first in enumerate(spectra):
        for j in range(i):
            out[i, j] = out[j, i] = match_eigenvalues(first, spectra[j])
    return out


@on_one_blas_thread
def compute_spectra(operators: Any, *, zero_pad: bool = False) -> list[Inexact[Array, " n"]]:
    """The eigenvalues of operators, which are checked as those of an alignment are."""
    return [np.linalg.eigvals(matrix) for matrix in check_operators(operators, zero_pad)]


def match_eigenvalues(first: Inexact[Array, " n"], second: Inexact[Array, " n"]) -> float:
    """The root of the mean squared distance between eigenvalues, over their best one-to-one matching."""
    # A power of two loses no digit, and the squares of what is left are numbers.
    largest = max(float(np.abs(first).max()), float(np.abs(second).max()))
    scale = float(np.exp2(np.clip(np.floor(np.log2(largest)), -1000, 1000))) if largest > 0.0 else 1.0
    cost = np.abs(first[:, None] / scale - second[None, :] / scale) ** 2
    rows, columns = linear_sum_assignment(cost)
    return float(np.sqrt(cost[rows, columns].mean())) * scale
