"""The specification refuses what cannot work, in one clear sentence, before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from dynashape.dissimilarity import CkaDistance, DsaDistance, SpectralDistance
from dynashape.errors import SpecError
from dynashape.store.plain_files import differences
from dynashape.study import StudySpec, load_spec
from dynashape.study.ask.load import parse_spec, read_resolved, to_yaml


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"dsa": {"n_delay": 3}}, "did you mean dsa.n_delays?"),
        ({"architecture": ["GRU"]}, "did you mean architectures?"),
        ({"training": {"learning_rat": 1e-3}}, "did you mean training.learning_rate?"),
        ({"timing": {"delay": 100}}, "did you mean timing.delay_ms?"),
        ({"tasks": [{"name": "CDM", "perod_to_phase": {}}, "GNG"]}, "did you mean tasks[0].period_to_phase?"),
        ({"architectures": ["GRUU"]}, "did you mean 'GRU'?"),
        ({"tasks": ["CDN", "GNG"]}, "did you mean 'CDM'?"),
        ({"phases": ["dely"]}, "did you mean 'delay'?"),
        ({"dsa": {"n_delays": 30}}, "dsa.n_delays must lie in 1..23"),
        ({"dsa": {"rank": 1000}}, "dsa.rank must lie in 2..384"),
        ({"dsa": {"rank": 1}}, "dsa.rank"),
        ({"seeds": [0]}, "at least 2 seeds"),
        ({"seeds": [0, 0]}, "each seed may be named once"),
        ({"tasks": ["CDM"]}, "at least 2 tasks"),
        ({"networks": {"n_units": -1}}, "networks.n_units"),
        ({"dsa": {"effort": "standart"}}, "did you mean 'standard'?"),
        ({"activity": {"noise": "gausian"}}, "did you mean 'gaussian'?"),
        ({"timing": {"dt_ms": 7}}, "dt_ms"),
        ({"tasks": ["GNG", {"name": "a-b", "environment": "DelayMatchSample-v0"}]}, "tasks.1.name"),
        ({"tasks": ["GNG", {"name": "mine", "environment": "x:Y", "ceiling": 1.5}]}, "tasks.1.ceiling"),
        ({"training": {"snapshots": [0, 5]}}, "training.snapshots must lie in 1..2000"),
        ({"training": {"snapshots": "logg"}}, "training.snapshots"),
        ({"tasks": ["GNG", {"name": "PR", "ceiling": 0.9}]}, "has an ideal observer"),
        ({"dissimilarity": "ckaa"}, "did you mean 'cka'"),
        ({"dissimilarity_options": {"ranks": 3}}, "has no option ranks; it has n_delays, "),
        ({"dissimilarity_options": {"rank": 1000}}, "set dsa.rank"),
        ({"dissimilarity": "typing:Any"}, "must name a subclass of dynashape.dissimilarity.Dissimilarity"),
    ],
)
def test_a_fault_is_named_with_its_remedy(raw, said):
    with pytest.raises(SpecError) as caught:
        parse_spec(raw)
    assert said in str(caught.value)
    assert "pydantic" not in str(caught.value)


def test_every_fault_is_listed_at_once():
    with pytest.raises(SpecError) as caught:
        parse_spec({"sedes": [1, 2], "dsa": {"rnk": 3}})
    assert "seeds" in str(caught.value)
    assert "dsa.rank" in str(caught.value)


def test_the_spec_is_frozen():
    with pytest.raises(ValueError, match="frozen"):
        StudySpec().name = "another"


def test_paper_preset_is_the_default_spec():
    assert differences(load_spec("paper").as_dict(), StudySpec().as_dict()) == []


def test_resolved_yaml_reads_back_as_the_same_value(tmp_path):
    spec = load_spec("quick", ["dsa.rank=7", "training.max_updates=11"])
    path = tmp_path / "study.yaml"
    path.write_text(to_yaml(spec))
    assert read_resolved(path) == spec
    assert read_resolved(path).training.max_updates == 11


def test_a_file_holds_only_what_differs_from_its_preset(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("preset: smoke\nname: mine\ndsa: {rank: 3}\n")
    mine, smoke = load_spec(path), load_spec("smoke")
    assert differences(smoke.as_dict(), mine.as_dict()) == [
        "dsa.rank (4 there, 3 here)",
        "name (smoke there, mine here)",
    ]


@pytest.mark.parametrize("name", ["qick", "nowhere.yaml"])
def test_an_unknown_study_names_the_presets(name):
    with pytest.raises(SpecError, match="quick"):
        load_spec(name)


@pytest.mark.parametrize("override", ["dsa.rank", "=3", "dsa.rank=[1"])
def test_an_override_needs_a_field_and_a_value(override):
    with pytest.raises(SpecError, match="--set"):
        load_spec("smoke", [override])


@dataclass(frozen=True)
class Mine(CkaDistance):
    """A dissimilarity of one's own that has an option to itself and shares one."""

    after: int
    rank: int = 1


@pytest.fixture
def mine(entry_point) -> list[str]:
    """The fields that name it."""
    return [f"dissimilarity={entry_point(Mine)}", "dsa.rank=3"]


def test_a_dissimilarity_takes_what_it_has_of_the_shared_options_and_its_own(mine):
    fields = ["dsa.rank=3", "dsa.effort=thorough"]
    assert load_spec("smoke", fields).measure == DsaDistance(n_delays=2, delay_interval=1, rank=3, effort="thorough")
    spectral = load_spec("smoke", [*fields, "dissimilarity=spectral"]).measure
    assert spectral == SpectralDistance(n_delays=2, delay_interval=1, rank=3)
    assert load_spec("smoke", [*mine, "dissimilarity_options={after: 4}"]).measure == Mine(after=4, rank=3)


def test_an_option_that_is_missing_is_named(mine):
    with pytest.raises(SpecError, match="'after'"):
        load_spec("smoke", mine)


def test_snapshots_are_log_spaced_when_asked_for():
    spec = load_spec("smoke", ["training.snapshots=log", "training.max_updates=100"])
    assert spec.training.snapshots[0] == 1
    assert spec.training.snapshots[-1] == 100
    assert parse_spec(spec.as_dict()) == spec
