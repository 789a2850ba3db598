from __future__ import annotations

import numpy as np
import pytest

from dynashape.errors import InputError
from dynashape.inference import Components
from dynashape.inference.planning.components import draw_contrasts, estimate_components


def test_components_come_back_from_many_networks():
    truth = Components(1.0, 0.5, 0.2, 0.7, 0.4, n_dimensions=8)
    found = estimate_components(draw_contrasts(truth, 400, np.random.default_rng(8)))
    for name in ("task", "condition", "interaction", "network", "residual"):
        # 800 networks: a standard error of a few per cent of the noise.
        assert getattr(found, name) == pytest.approx(getattr(truth, name), abs=0.06)
    assert found.n_dimensions == 8


def test_variances_below_zero_are_refused():
    with pytest.raises(InputError, match="negative"):
        Components(-1.0, 0.0, 0.0, 1.0, 1.0)
