"""Distances between operators: all pairs of one list, or each of one against each of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from dynashape.dissimilarity.alignment.all_pairs import Alignments, align_all
from dynashape.dissimilarity.alignment.spectral import compute_spectra, match_eigenvalues
from dynashape.dissimilarity.estimator.parameters import Parameters
from dynashape.dissimilarity.operator.fit import Operator
from dynashape.records import Array


def measure_pairs(
    operators: Sequence[Operator], pairs: Int[Array, "pairs 2"], parameters: Parameters
) -> tuple[Float[Array, " pairs"], Alignments | None]:
    """The distance of each pair of positions in `operators`, and its alignment where there is one."""
    if parameters.dissimilarity == "spectral":
        spectra = compute_spectra(operators, zero_pad=parameters.zero_pad)
        matched = np.zeros(len(pairs))
        for done, (i, j) in enumerate(pairs):
            matched[done] = match_eigenvalues(spectra[i], spectra[j])
            if parameters.progress is not None:
                parameters.progress(done + 1, len(pairs))
        return matched, None
    threads: dict[str, Any] = {} if parameters.n_jobs in (None, 1) else {"n_jobs": parameters.n_jobs}
    found = align_all(
        operators,
        pairs,
        parameters.effort,
        zero_pad=parameters.zero_pad,
        progress=parameters.progress,
        **threads,
    )
    return found.values, found


def measure_square(
    operators: Sequence[Operator], parameters: Parameters
) -> tuple[Float[Array, "systems systems"], Alignments | None]:
    """The distances between all pairs, symmetric with zeros in the diagonal."""
    rows, columns = np.triu_indices(len(operators), 1)
    values, found = measure_pairs(operators, np.stack([rows, columns], axis=1), parameters)
    out = np.zeros((len(operators), len(operators)))
    out[rows, columns] = out[columns, rows] = values
    return out, found


def measure_rectangle(
    operators: Sequence[Operator], reference: Sequence[Operator], parameters: Parameters
) -> tuple[Float[Array, "systems references"], Alignments | None]:
    """The distances of each operator to each of the reference; no others are computed."""
    rows, columns = np.divmod(np.arange(len(operators) * len(reference)), len(reference))
    pairs = np.stack([rows, columns + len(operators)], axis=1)
    values, found = measure_pairs([*operators, *reference], pairs, parameters)
    return values.reshape(len(operators), len(reference)), found
