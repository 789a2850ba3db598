"""Planning seeds needs a study with comparisons, and known terms."""

from __future__ import annotations

import pytest

from dynashape.errors import InputError, StoreError
from dynashape.study import load_spec, plan_seeds, to_yaml


def test_a_study_without_comparisons_has_nothing_to_plan_from(tmp_path):
    (tmp_path / "study.yaml").write_text(to_yaml(load_spec("smoke")))
    with pytest.raises(StoreError, match="no comparisons yet"):
        plan_seeds(tmp_path, [0.2])


def test_a_misspelt_term_is_named(tmp_path):
    with pytest.raises(InputError, match="did you mean 'training'"):
        plan_seeds(tmp_path, [0.2], ["trainin"])
