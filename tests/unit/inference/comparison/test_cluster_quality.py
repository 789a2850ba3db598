from __future__ import annotations

import numpy as np
import pytest

from dynashape.errors import InputError
from dynashape.inference.comparison.cluster_quality import silhouette


@pytest.mark.parametrize("labels", [[1, 1, 1, 1], [0, 1, 2, 3]])
def test_one_class_and_systems_alone_in_their_classes_have_no_silhouette(labels: list[int]):
    points = np.array([0.0, 1.0, 4.0, 5.0])
    assert silhouette(np.abs(np.subtract.outer(points, points)), np.array(labels)) == 0.0


def test_a_system_alone_in_its_class_counts_as_zero():
    points = np.array([0.0, 1.0, 9.0])
    distances = np.abs(np.subtract.outer(points, points))
    # The other two are 1 apart and 9 and 8 from the third.
    assert silhouette(distances, np.array([0, 0, 1])) == pytest.approx((8 / 9 + 7 / 8 + 0) / 3)


@pytest.mark.parametrize(
    ("distances", "labels", "message"),
    [
        (np.full((3, 3), np.nan), [0, 1, 1], "distances must be finite"),
        (np.zeros((3, 3)), [0, 1], r"labels must have one entry for each of 3 systems; got shape \(2,\)"),
        (np.zeros((0, 0)), [], "labels must have one entry for each of 0 systems"),
        (1j * np.ones((2, 2)), [0, 1], "must hold real numbers"),
    ],
    ids=["nan", "length", "empty", "complex"],
)
def test_what_has_no_silhouette_is_refused(distances, labels, message: str):
    with pytest.raises(InputError, match=message):
        silhouette(distances, np.array(labels))
