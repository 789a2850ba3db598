"""Centred kernel alignment: how far two activities agree on which steps are alike. Geometry, blind to time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from dynashape.dissimilarity.activity import Activity
from dynashape.dissimilarity.geometry.matched_steps import measure_all, read_matched
from dynashape.records import Array

# Above this cosine an arccos keeps fewer than 12 digits, and the angle is taken from the difference instead.
_NEARLY_ONE = 1.0 - 1e-6


def cka_distance(first: Activity, second: Activity) -> float:
    """The angle (radians, 0..pi/2) between the similarity matrices of two activities: arccos of linear CKA, a metric.

    With XX' and YY' the similarities of all pairs of steps (centred), CKA is their cosine (Kornblith et al. 2019); its
    arccos obeys the triangle inequality (Williams et al. 2021), 1 - CKA does not. Trials and steps must correspond,
    units need not. Raises `InputError` where steps do not match or an activity never varies.

    >>> x = np.random.default_rng(0).normal(size=(5, 20, 3))
    >>> cka_distance(x, 2.0 * x[:, :, ::-1] + 1.0) < 1e-12
    True
    """
    return _angle(*read_matched([first, second]))


def cka_distances(activities: Sequence[Activity]) -> Float[Array, "systems systems"]:
    """The CKA distance between all pairs of activities, as a symmetric matrix; see `cka_distance`."""
    return measure_all(activities, _angle)


def _angle(first: Float[Array, "rows _"], second: Float[Array, "rows _"]) -> float:
    sizes = float(np.linalg.norm(first.T @ first)), float(np.linalg.norm(second.T @ second))
    cosine = float(np.linalg.norm(first.T @ second)) ** 2 / (sizes[0] * sizes[1])
    if cosine < _NEARLY_ONE:
        return float(np.arccos(cosine))
    # In a basis of all columns the two similarity matrices are small, and so is the rounding of their difference.
    both = np.asarray(np.linalg.qr(np.hstack([first, second]), mode="r"))
    x, y = both[:, : first.shape[1]], both[:, first.shape[1] :]
    chord = float(np.linalg.norm(x @ x.T / sizes[0] - y @ y.T / sizes[1]))
    return float(2 * np.arcsin(min(chord / 2, 1.0)))
