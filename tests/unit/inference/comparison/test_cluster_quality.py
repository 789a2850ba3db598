from __future__ import annotations

import numpy as np
import pytest

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
