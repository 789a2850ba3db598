from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import squareform

from dynashape.distances import Distances
from dynashape.errors import InputError, StoreError
from dynashape.records import Condition, System

N = 6
LABELS: dict[str, Any] = {
    "task": ["CDM", "CDM", "CDM", "PR", "PR", "DC"],
    "seed": [0, 1, 2, 0, 1, 0],
    "gain": [0.1, 0.2, 0.2, 1.0, 1e-9, 2.5],
    "lesion": [True, False, True, False, False, True],
}


def matrix(n: int = N) -> np.ndarray:
    """Distances that say between which systems they are: 0.01 * row + column, for row < column."""
    rows, columns = np.indices((n, n))
    return np.where(rows == columns, 0.0, np.minimum(rows, columns) * 0.01 + np.maximum(rows, columns))


def labelled() -> Distances:
    return Distances(matrix(), LABELS, "spectral", "1", {"architecture": "GRU", "phase": ""})


def equal(one: Distances, other: Distances) -> bool:
    assert list(one.labels) == list(other.labels)
    for name, column in one.labels.items():
        assert column.dtype == other.labels[name].dtype, name
        np.testing.assert_array_equal(column, other.labels[name])
    assert one.values.tobytes() == other.values.tobytes()
    return (one.dissimilarity, one.unit, one.facts) == (other.dissimilarity, other.unit, other.facts)


def test_what_is_given_is_what_is_there() -> None:
    distances = labelled()
    np.testing.assert_array_equal(distances.values, matrix())
    assert {name: column.tolist() for name, column in distances.labels.items()} == LABELS
    assert [column.dtype.kind for column in distances.labels.values()] == ["U", "i", "f", "b"]
    assert distances.n_systems == N
    assert distances.names[:2] == ["CDM/0/0.1/True", "CDM/1/0.2/False"]


def test_distances_travel_to_workers() -> None:
    assert equal(pickle.loads(pickle.dumps(labelled())), labelled())


# What is labelled.


@pytest.mark.parametrize(
    "labels",
    [
        pd.DataFrame(LABELS),
        pd.DataFrame(LABELS, index=[5, 4, 3, 2, 1, 0]),
        dict(pd.DataFrame(LABELS)),
        {name: np.array(column) for name, column in LABELS.items()},
        {name: tuple(column) for name, column in LABELS.items()},
        {name: np.array(column, dtype=object) for name, column in LABELS.items()},
        pd.DataFrame(LABELS).astype({"task": "category", "seed": "Int64"}),
        pd.DataFrame(LABELS).astype({"task": "string"}),
    ],
    ids=["frame", "index", "series", "arrays", "tuples", "objects", "category", "string"],
)
def test_labels_are_a_table_of_any_kind(labels: Any) -> None:
    assert equal(Distances(matrix(), labels, "spectral", "1", {"architecture": "GRU", "phase": ""}), labelled())


def test_enumerations_are_their_text() -> None:
    distances = Distances(np.zeros((2, 2)), {"condition": [Condition.NOISE, Condition.TRAINED]})
    assert distances.labels["condition"].dtype.kind == "U"
    assert distances.names == ["noise", "trained"]
    assert distances.select(condition=Condition.NOISE).n_systems == 1


def test_values_are_numbers_of_any_kind() -> None:
    assert Distances([[0, 1], [1, 0]], {}).values.dtype == np.float64  # type: ignore[arg-type]
    single = np.array([[0.0, 0.1], [0.1, 0.0]], dtype=np.float32)
    np.testing.assert_array_equal(Distances(single, {}).values, single)


def test_nobody_changes_distances_by_changing_what_was_given() -> None:
    values, column, facts = matrix(), np.arange(N), {"phase": "delay"}
    frame = pd.DataFrame({"task": LABELS["task"], "seed": column})
    given = Distances(values, {"seed": column}, facts=facts)
    from_frame = Distances(values, frame)
    values[:] = 7.0
    column[:] = 7
    frame.loc[:, "seed"] = 7
    facts["phase"] = "never"
    for distances in (given, from_frame):
        np.testing.assert_array_equal(distances.values, matrix())
        assert distances.labels["seed"].tolist() == list(range(N))
    assert given.facts == {"phase": "delay"}


def test_nobody_changes_distances_by_changing_what_was_made_of_them() -> None:
    distances = labelled()
    distances.to_xarray().values[:] = 7.0
    distances.to_xarray()["seed"].values[:] = 7
    distances.to_frame()["distance"].to_numpy().flags.writeable = True
    distances.condensed()[:] = 7.0
    distances.between({"task": "CDM"}, {"task": "PR"})[:] = 7.0
    part = distances.take(np.arange(N))
    part.values[:] = 7.0
    part.labels["seed"][:] = 7
    assert equal(distances, labelled())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros((2, 3)), r"must be \(systems, systems\); got shape \(2, 3\)"),
        (np.zeros(4), r"got shape \(4,\)"),
        (np.zeros((2, 2, 2)), r"got shape \(2, 2, 2\)"),
        ("abc", "must hold real numbers"),
        ([["a"]], "must hold real numbers"),
        ([[0.0, 1.0], [1.0]], "must be an array of real numbers"),
        (None, "must be an array of real numbers; got None"),
        ([[0.0, 1.0], [2.0, 0.0]], r"values\[0, 1\] of Distances is 1; .* same in both directions"),
        ([[0.0, np.nan], [2.0, 0.0]], r"values\[0, 1\] of Distances is nan; .* same in both directions"),
        ([[0.0, -1.0], [-1.0, 0.0]], r"values\[0, 1\] of Distances is -1; distances must not be negative"),
        ([[0.0, np.inf], [np.inf, 0.0]], r"values\[0, 1\] of Distances is inf; distances must be finite, or NaN"),
        (np.eye(2), r"values\[0, 0\] of Distances is 1; .*give distances, not similarities"),
        (np.full((2, 2), -0.5), r"must not be negative"),
        (np.ma.masked_array(np.zeros((2, 2)), mask=[[0, 1], [1, 0]]), "has 2 masked values of 4"),
        (1j * np.ones((2, 2)), "must hold real numbers; got dtype complex128"),
    ],
    ids=str,
)
def test_what_is_no_matrix_of_distances_is_refused_with_its_place(values: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Distances(values, {})


def test_rounding_is_no_asymmetry() -> None:
    values = matrix()
    values[0, 1] += 1e-9
    values[2, 2] = 1e-8
    values[3, 4] = values[4, 3] = -1e-12
    np.testing.assert_array_equal(Distances(values, {}).values, values)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"task": ["a"]}, r"'task' must have one entry for each of 2 systems; got shape \(1,\)"),
        ({"task": "ab"}, r"'task' must have one entry for each of 2 systems; got shape \(\)"),
        ({"seed": 3}, r"'seed' must have one entry .* got shape \(\)"),
        ({"seed": None}, r"'seed' must have one entry .* got shape \(\)"),
        ({"x": np.zeros((2, 2))}, r"'x' must have one entry .* got shape \(2, 2\)"),
        ({"x": [[1], [1, 2]]}, "'x' must be all text, all numbers"),
        ({"x": ["a", None]}, "'x' must be all text, all numbers"),
        ({"x": ["a", 1]}, "'x' must be all text, all numbers"),
        ({"x": ["a", float("nan")]}, "'x' must be all text, all numbers"),
        ({"x": [1j, 2]}, "'x' must be all text, all numbers"),
        ({"day": pd.to_datetime(["2020-01-01", "2020-01-02"])}, "'day' must be all text, .* dates as text"),
        (pd.DataFrame({"x": ["a", None]}), "'x' must be all text, all numbers"),
        (pd.DataFrame([[1], [2]]), "names of labels must be text; got 0"),
        ({"": [1, 2]}, "names of labels must be text; got ''"),
        (["a", "b"], "labels must be a table or a mapping of columns; got a list"),
        (None, "labels must be a table or a mapping of columns; got a NoneType"),
    ],
    ids=str,
)
def test_labels_that_do_not_fit_are_refused_by_name(labels: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Distances(np.zeros((2, 2)), labels)


def test_systems_of_the_study_share_architecture_and_phase() -> None:
    systems = [
        System.under(condition, "GRU", "CDM", seed, noise="gaussian", phase="delay")
        for seed in range(3)
        for condition in (Condition.UNTRAINED, Condition.NOISE)
    ]
    distances = Distances.of_systems(matrix(), systems, "dsa", "rad")
    assert distances.facts == {"architecture": "GRU", "phase": "delay"}
    assert distances.select(condition=Condition.NOISE).labels["seed"].tolist() == [0, 1, 2]
    other = System("LSTM", "CDM", 0, None, "CDM", "delay")
    with pytest.raises(InputError, match=r"must share one architecture and phase; got \[\('GRU', 'delay'\), \('LSTM'"):
        Distances.of_systems(matrix(), [*systems[1:], other], "dsa", "rad")
    with pytest.raises(InputError, match=r"must share one architecture and phase; got \[\]"):
        Distances.of_systems(np.zeros((0, 0)), [], "dsa", "rad")


# Which systems.


@pytest.mark.parametrize(
    ("wanted", "positions"),
    [
        ({}, [0, 1, 2, 3, 4, 5]),
        ({"task": "PR"}, [3, 4]),
        ({"task": ["DC", "CDM"]}, [0, 1, 2, 5]),
        ({"task": ("PR",), "seed": 1}, [4]),
        ({"task": "CDM", "seed": {0, 2}}, [0, 2]),
        ({"seed": np.array([2, 1])}, [1, 2, 4]),
        ({"seed": range(1, 3)}, [1, 2, 4]),
        ({"seed": np.int64(2)}, [2]),
        ({"seed": pd.Series([1], index=["x"])}, [1, 4]),
        ({"gain": 0.2}, [1, 2]),
        ({"gain": 1e-9}, [4]),
        ({"lesion": True}, [0, 2, 5]),
        ({"lesion": np.array([False])}, [1, 3, 4]),
        ({"task": np.array(["DC"])}, [5]),
        ({"task": "DC", "seed": 2}, []),
    ],
    ids=str,
)
def test_select_where_and_drop_agree(wanted: dict[str, Any], positions: list[int]) -> None:
    distances = labelled()
    assert np.flatnonzero(distances.where(**wanted)).tolist() == positions
    selected = distances.select(**wanted)
    np.testing.assert_array_equal(selected.values, matrix()[np.ix_(positions, positions)])
    assert selected.labels["seed"].tolist() == [LABELS["seed"][place] for place in positions]
    assert (selected.dissimilarity, selected.unit, selected.facts) == ("spectral", "1", distances.facts)
    assert distances.drop(**wanted).names == [name for i, name in enumerate(distances.names) if i not in positions]


def test_no_values_select_no_systems_since_none_is_asked_for() -> None:
    empty = labelled().select(seed=[])
    assert (empty.n_systems, empty.names, empty.values.shape) == (0, [], (0, 0))
    assert list(empty.labels) == list(LABELS)
    assert labelled().drop(seed=[]).n_systems == N


@pytest.mark.parametrize("method", ["select", "drop", "where"])
def test_a_value_that_no_system_has_is_an_error_since_it_is_a_misspelling(method: str) -> None:
    # An empty matrix would only be noticed much later, and for the wrong reason.
    call = getattr(labelled(), method)
    with pytest.raises(InputError, match=r"value of label 'task': 'CDN'; did you mean 'CDM'\? Known: CDM, PR, DC\."):
        call(task=["PR", "CDN"])
    with pytest.raises(InputError, match=r"value of label 'seed': '7'; Known: 0, 1, 2\."):
        call(seed=7)
    with pytest.raises(InputError, match="value of label 'seed': '0'"):
        call(seed="0")
    with pytest.raises(InputError, match="value of label 'task': 'None'"):
        call(task=None)


@pytest.mark.parametrize("method", ["select", "drop", "where"])
def test_an_unknown_label_is_named_with_a_hint(method: str) -> None:
    with pytest.raises(
        InputError, match=r"unknown label 'taks'; did you mean 'task'\? Known: task, seed, gain, lesion"
    ):
        getattr(labelled(), method)(taks="CDM")
    with pytest.raises(InputError, match="unknown label 'taks'"):
        labelled().between({"task": "CDM"}, {"taks": "PR"})


def test_between_has_rows_and_columns_as_asked() -> None:
    found = labelled().between({"task": "PR"}, {"task": "CDM", "seed": [0, 2]})
    np.testing.assert_array_equal(found, matrix()[np.ix_([3, 4], [0, 2])])
    assert labelled().between({"task": "DC"}, {"task": "DC", "seed": 2}).shape == (1, 0)


def test_take_keeps_the_order_that_is_asked_for_and_repeats() -> None:
    taken = labelled().take(np.array([4, 0, 4]))
    np.testing.assert_array_equal(taken.values, matrix()[np.ix_([4, 0, 4], [4, 0, 4])])
    assert taken.labels["task"].tolist() == ["PR", "CDM", "PR"]
    assert labelled().take(np.array([-1])).labels["task"].tolist() == ["DC"]
    assert labelled().take(np.arange(N) > 3).labels["seed"].tolist() == [1, 0]
    assert labelled().take(np.array([], dtype=int)).n_systems == 0


@pytest.mark.parametrize("systems", [np.array([0, 9]), np.ones(3, dtype=bool)])
def test_positions_that_are_not_there_are_refused(systems: np.ndarray) -> None:
    with pytest.raises(InputError, match="no positions among 6 systems, nor a mask"):
        labelled().take(systems)


def test_systems_that_could_not_be_compared_are_nan_and_not_usable() -> None:
    values = matrix()
    values[[1, 4]] = values[:, [1, 4]] = np.nan
    distances = Distances(values, LABELS)
    assert distances.usable().names == [name for i, name in enumerate(distances.names) if i not in (1, 4)]
    assert np.isfinite(distances.usable().values).all()
    assert np.isnan(distances.condensed()).sum() == 9
    nobody = Distances(np.full((2, 2), np.nan), {"seed": [0, 1]})
    assert nobody.usable().n_systems == 0


def test_a_pair_without_a_distance_leaves_both_systems_usable() -> None:
    # Along learning, pairs that no analysis compares are left out.
    values = matrix()
    values[0, 3] = values[3, 0] = np.nan
    assert Distances(values, LABELS).usable().n_systems == N


def test_condensed_is_what_scipy_reads() -> None:
    np.testing.assert_array_equal(squareform(labelled().condensed()), matrix())
    assert Distances(np.zeros((1, 1)), {}).condensed().shape == (0,)


def test_systems_without_labels_are_numbered() -> None:
    assert Distances(matrix(3), {}).names == ["0", "1", "2"]
    assert Distances(matrix(3), {}).to_xarray()["system"].values.tolist() == ["0", "1", "2"]


def test_a_label_with_slashes_is_a_name_with_slashes() -> None:
    distances = Distances(matrix(2), {"path": ["a/b", "a/c"], "seed": [0, 1]})
    assert distances.names == ["a/b/0", "a/c/1"]
    assert distances.select(path="a/c").names == ["a/c/1"]


# What is made of them.


def test_a_frame_has_a_row_a_pair() -> None:
    frame = labelled().to_frame()
    assert list(frame) == [*LABELS, *(f"{name}_other" for name in LABELS), "distance"]
    assert len(frame) == N * (N - 1) // 2
    row = frame[(frame["task"] == "CDM") & (frame["seed"] == 1) & (frame["task_other"] == "DC")]
    assert row["distance"].tolist() == [5.01]
    np.testing.assert_array_equal(frame["distance"], labelled().condensed())
    assert len(Distances(np.zeros((0, 0)), {"task": []}).to_frame()) == 0


def test_an_array_has_the_labels_of_both_sides() -> None:
    array = labelled().to_xarray()
    assert array.dims == ("system", "other")
    assert array.sel(system="CDM/0/0.1/True", other="DC/0/2.5/True") == 5.0
    assert array["task"].values.tolist() == LABELS["task"] == array["other_task"].values.tolist()
    assert array["other_task"].dims == ("other",)
    assert (array.attrs["units"], array.attrs["long_name"], array.attrs["architecture"]) == ("1", "spectral", "GRU")
    chosen = array.where(array["task"] == "PR", drop=True)
    assert chosen.shape == (2, N)


@pytest.mark.parametrize("names", [["distance"], ["task", "task_other"]])
def test_a_frame_would_not_have_two_columns_of_one_name(names: list[str]) -> None:
    distances = Distances(matrix(2), {name: [0, 1] for name in names})
    with pytest.raises(InputError, match=rf"the table would have two columns '{names[-1]}'; rename this label"):
        distances.to_frame()


@pytest.mark.parametrize("names", [["distance"], ["other"], ["task", "other_task"]])
def test_an_array_would_not_have_two_coordinates_of_one_name(names: list[str], tmp_path: Path) -> None:
    distances = Distances(matrix(2), {name: [0, 1] for name in names})
    with pytest.raises(InputError, match=rf"the array would have two columns '{names[-1]}'; rename this label"):
        distances.to_xarray()
    with pytest.raises(InputError, match="rename this label"):
        distances.write(tmp_path / "x.nc")


# Files.

NAN = matrix()
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=4)
NAN[2] = NAN[:, 2] = np.nan
FILES = {
    "all kinds of labels": labelled(),
    "NaN rows": Distances(NAN, LABELS),
    "one system": Distances(np.zeros((1, 1)), {"task": ["PR"], "seed": [3]}),
    "no system": Distances(np.zeros((0, 0)), {"seed": np.zeros(0, dtype=np.int64)}),
    "no label": Distances(matrix(3), {}),
    "one label": Distances(matrix(2), {"task": ["a", "b"]}),
    "slashes": Distances(matrix(2), {"path": ["a/b", ""], "two words": ["ü", "x y"]}),
    "names of its own": Distances(matrix(2), {"system": ["a", "b"], "labels": [1, 2], "units": [3, 4]}),
    "same names": Distances(matrix(3), {"task": ["a", "a", "a"]}),
    "facts": Distances(
        matrix(2),
        {"seed": [0, 1]},
        "mine",
        "seconds since 2000-01-01",
        {"units": "x", "scale_factor": 2.0, "_FillValue": 1, "n": 3, "text": "", "truth": True, "a/b": "c"},
    ),
    "seconds": Distances(matrix(2), {"time": [0.5, 1.5]}, unit="seconds"),
    "small numbers": Distances(
        matrix(2), {"byte": np.array([1, 2], dtype=np.uint8), "single": np.array([0.1, np.nan], dtype=np.float32)}
    ),
}


@pytest.mark.parametrize("distances", FILES.values(), ids=FILES)
def test_a_file_gives_back_what_was_written(distances: Distances, tmp_path: Path) -> None:
    path = distances.write(tmp_path / "distances.nc")
    assert path == tmp_path / "distances.nc"
    read = Distances.read(path)
    assert equal(read, distances)
    assert {name: type(fact) for name, fact in read.facts.items()} == {n: type(f) for n, f in distances.facts.items()}
    assert equal(Distances.read(str(path)).take(np.arange(read.n_systems)), distances)


@settings(max_examples=20, deadline=None)
@given(
    n=st.integers(1, 4),
    columns=st.dictionaries(
        st.text("abcdefgh_ äß", min_size=1, max_size=5).map(lambda name: f"x{name}x"),
        st.sampled_from([TEXT, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.floats(width=64)]),
        max_size=3,
    ),
    data=st.data(),
)
def test_any_labels_come_back_from_a_file(
    n: int, columns: dict[str, Any], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    labels = {name: data.draw(st.lists(entry, min_size=n, max_size=n)) for name, entry in columns.items()}
    distances = Distances(matrix(n), labels)
    assert equal(Distances.read(distances.write(tmp_path_factory.getbasetemp() / "any.nc")), distances)


def test_others_read_the_file(tmp_path: Path) -> None:
    path = labelled().write(tmp_path / "distances.nc")
    with xr.open_dataset(path, engine="h5netcdf") as data:
        assert data["distance"].attrs["units"] == "1"
        np.testing.assert_array_equal(data["distance"].where(data["task"] == "PR", drop=True), matrix()[3:5])


def test_a_label_with_a_slash_in_its_name_is_no_name_in_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="have no slash; got 'a/b': rename this label"):
        Distances(matrix(2), {"a/b": [0, 1]}).write(tmp_path / "x.nc")


def test_text_that_no_file_can_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot hold a label or fact of these distances: .* embedded NULLs"):
        Distances(matrix(2), {"x": ["a\0b", "c"]}).write(tmp_path / "x.nc")


def test_a_folder_that_is_not_there_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere/x\.nc cannot be written"):
        labelled().write(tmp_path / "nowhere" / "x.nc")
    with pytest.raises(StoreError, match="cannot be written"):
        labelled().write(tmp_path)


def broken(path: Path) -> None:
    labelled().write(path)
    path.write_bytes(path.read_bytes()[:3000])


def foreign(path: Path) -> None:
    xr.Dataset({"x": ("y", [1.0])}).to_netcdf(path, engine="h5netcdf")


def unlabelled(path: Path) -> None:
    xr.Dataset({"distance": (("system", "other"), np.zeros((2, 2)))}).to_netcdf(path, engine="h5netcdf")


def changed(**attributes: Any) -> Any:
    def write(path: Path) -> None:
        labelled().write(path)
        with h5py.File(path, "a") as file:
            for name, value in attributes.items():
                file["distance"].attrs[name] = value

    return write


def asymmetric(path: Path) -> None:
    labelled().write(path)
    with h5py.File(path, "a") as file:
        file["distance"][0, 1] = 99.0


def plain_hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["distance"] = np.zeros((2, 2))


@pytest.mark.parametrize(
    "write",
    [
        lambda path: None,
        lambda path: path.mkdir(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("seed,distance\n0,1\n"),
        lambda path: np.savez(path.open("wb"), x=np.zeros(2)),
        broken,
        foreign,
        unlabelled,
        plain_hdf5,
        asymmetric,
        changed(labels='["nobody"]'),
        changed(labels="no json"),
        changed(labels=3),
        changed(facts="3"),
        changed(facts="[1]"),
    ],
    ids=[
        *("missing", "folder", "empty", "text", "npz", "broken", "foreign", "unlabelled", "hdf5", "asymmetric"),
        *("lost label", "no json", "number", "no facts", "list"),
    ],
)
def test_a_file_that_holds_no_distances_is_one_sentence(write: Any, tmp_path: Path) -> None:
    path = tmp_path / "distances.nc"
    write(path)
    with pytest.raises(InputError, match=r"distances\.nc holds no distances of dynashape .*give a file of") as caught:
        Distances.read(path)
    assert "\n" not in str(caught.value)


def test_masked_positions_and_columns_of_one_name_are_refused() -> None:
    values = np.array([[0.0, 1.0], [1.0, 0.0]])
    distances = Distances(values, {"seed": [0, 1]})
    for masked in (np.ma.array([0, 1], mask=[False, True]), np.ma.array([True, True], mask=[False, True])):
        with pytest.raises(InputError, match="1 masked value"):
            distances.take(masked)
    twice = pd.DataFrame([[0, "a"], [1, "b"]], columns=["seed", "seed"])
    with pytest.raises(InputError, match="two columns 'seed'"):
        Distances(values, twice)
