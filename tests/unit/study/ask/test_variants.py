"""The variants of a study: one field at a time, what the data cannot carry set apart, mistakes refused."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from dynashape.dissimilarity import DISSIMILARITIES, CkaDistance
from dynashape.errors import SpecError
from dynashape.store.plain_files import differences
from dynashape.study import load_spec, read_grid
from dynashape.study.ask.variants import default_grid, make_variants
from dynashape.tasks import INPUT_CONDITIONS


@pytest.mark.parametrize("preset", ["smoke", "quick", "paper"])
def test_each_variant_differs_in_its_one_field(preset):
    spec = load_spec(preset)
    variants = make_variants(spec, default_grid(spec))
    for one in variants:
        if one.spec is None:
            continue
        differ = differences(spec.as_dict(), one.spec.as_dict())
        assert len(differ) == (0 if one.chosen else 1)
        assert all(field.startswith(f"{one.setting} (") for field in differ)
    values = {name: [one.value for one in variants if one.setting == name] for name in default_grid(spec)}
    assert values["activity.noise"] == [name for name in INPUT_CONDITIONS if name != "task"]
    assert values["dissimilarity"] == list(DISSIMILARITIES)
    assert all(sum(one.chosen for one in variants if one.setting == name) == 1 for name in values)


def test_the_studys_own_value_is_added():
    spec = load_spec("smoke")
    variants = make_variants(spec, {"dsa.rank": [2]})
    assert [(one.value, one.chosen) for one in variants] == [(str(spec.dsa.rank), True), ("2", False)]


def test_what_a_phase_cannot_hold_is_set_apart_with_its_reason():
    (own, lost) = make_variants(load_spec("smoke"), {"dsa.n_delays": [2, 99]})
    assert own.chosen
    assert "dsa.n_delays must lie in 1.." in lost.spec.message


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        ({"dsa.rnk": [2]}, "dsa.rnk"),
        ({"dsa.rank.more": [2]}, "dsa.rank.more"),
        ({"dsa.rank": ["many"]}, "dsa.rank"),
        ({"dsa.rank": [0]}, "dsa.rank"),
        ({"activity.noise": ["gausian"]}, "gaussian"),
        ({"dissimilarity": ["ckaa"]}, "cka"),
    ],
)
def test_a_mistake_in_the_grid_is_refused(grid, said):
    with pytest.raises(SpecError, match=said):
        make_variants(load_spec("smoke"), grid)


@dataclass(frozen=True)
class Mine(CkaDistance):
    """A dissimilarity of one's own with an option."""

    after: int


def test_another_dissimilarity_has_none_of_the_studys_options(entry_point):
    spec = load_spec("smoke", [f"dissimilarity={entry_point(Mine)}", "dissimilarity_options={after: 4}"])
    own, other = make_variants(spec, {"dissimilarity": ["procrustes"]})
    assert own.chosen and own.spec.dissimilarity_options == {"after": 4}
    assert other.spec.dissimilarity_options == {}


@pytest.mark.parametrize("text", ["", "dsa.rank", "dsa.rank: 4", "dsa.rank: []", "a: [1", "- 3"])
def test_a_grid_is_lines_of_lists(tmp_path, text):
    (tmp_path / "grid.yaml").write_text(text)
    with pytest.raises(SpecError, match=r"grid\.yaml"):
        read_grid(tmp_path / "grid.yaml")


def test_a_grid_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SpecError, match=r"other\.yaml"):
        read_grid(tmp_path / "other.yaml")
