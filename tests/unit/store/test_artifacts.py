from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dynashape.errors import InputError, StoreError
from dynashape.store import Store

STEP, KEY = "record", "0123abcd"
META = {"task": "CDM", "seed": 3, "scores": [0.5, None], "done": True}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "store")


def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {"activity": rng.normal(size=(20, 30, 40)).astype(np.float32), "steps": np.arange(30)}


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.float32).reshape(2, 3),
        np.arange(6.0).reshape(2, 3).T,
        np.arange(10.0)[::2],
        np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)),
        np.array(1.5),
        np.zeros((0, 3)),
        np.array([1 + 2j]),
        np.array([True, False]),
        np.array(["CDM", "GNG"]),
        np.arange(3, dtype=">i2"),
        np.arange(3, dtype=np.uint8),
    ],
    ids=["float32", "transposed", "strided", "fortran", "scalar", "empty", "complex", "bool", "text", "endian", "byte"],
)
def test_arrays_come_back_as_they_were(store: Store, array: np.ndarray) -> None:
    store.save_arrays(STEP, KEY, {"a/b c": array, "file": array}, META)
    loaded, meta = store.load_arrays(STEP, KEY)
    assert list(loaded) == ["a/b c", "file"]
    for got in loaded.values():
        assert got.dtype == array.dtype
        assert got.shape == array.shape
        np.testing.assert_array_equal(got, array)
    assert meta == META


@given(
    array=hnp.arrays(
        st.one_of(hnp.floating_dtypes(), hnp.integer_dtypes(), hnp.complex_number_dtypes(), hnp.boolean_dtypes()),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    )
)
def test_any_array_comes_back_bit_by_bit(array: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> None:
    store = Store(tmp_path_factory.getbasetemp() / "any")
    store.save_arrays(STEP, KEY, {"x": array})
    got = store.load_arrays(STEP, KEY)[0]["x"]
    assert (got.dtype, got.shape, got.tobytes()) == (array.dtype, array.shape, array.tobytes())


def test_json_comes_back(store: Store) -> None:
    for value in ({"b": 1, "a": [1.0, 2, "ü\n}", None, True]}, [], "text", 3, 0.1, None, (1, np.float64(2.5))):
        store.save_json(STEP, KEY, value)
        assert store.load_json(STEP, KEY) == (list(value) if isinstance(value, tuple) else value)
    assert store.has(STEP, KEY)


def test_what_json_lacks_is_refused_and_nothing_is_written(store: Store) -> None:
    with pytest.raises(InputError, match="loss"):
        store.save_json(STEP, KEY, {"loss": float("nan")})
    with pytest.raises(InputError, match=r"meta\.loss"):
        store.save_arrays(STEP, KEY, arrays(), {"loss": float("nan")})
    assert not store.has(STEP, KEY)


def test_nothing_is_pickled(store: Store) -> None:
    with pytest.raises(InputError, match="'x' of step 'record' holds Python objects"):
        store.save_arrays(STEP, KEY, {"x": np.array([{}], dtype=object)})
    path = store.path(STEP, KEY, ".npz")
    path.parent.mkdir()
    np.savez(path, x=np.array([{}], dtype=object))
    assert not store.has(STEP, KEY)


@pytest.mark.parametrize("kind", ["arrays", "json"])
@pytest.mark.parametrize("length", [0, 1, 30, 0.3, 0.5, 0.9, -1])
def test_a_truncated_file_is_missing_and_can_be_made_again(store: Store, kind: str, length: float) -> None:
    def save() -> Path:
        if kind == "arrays":
            return store.save_arrays(STEP, KEY, arrays(), META)
        return store.save_json(STEP, KEY, {"curve": list(range(500))})

    path = save()
    assert store.has(STEP, KEY)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(length * len(whole)) if 0 < length < 1 else int(length)])
    assert not store.has(STEP, KEY)
    with pytest.raises(StoreError, match=r"'record' is damaged .* run the study again"):
        store.load_arrays(STEP, KEY) if kind == "arrays" else store.load_json(STEP, KEY)
    save()
    assert store.has(STEP, KEY)


@pytest.mark.parametrize("kind", ["arrays", "json"])
def test_a_flipped_bit_anywhere_in_the_content_is_noticed(store: Store, kind: str) -> None:
    if kind == "arrays":
        path = store.save_arrays(STEP, KEY, {"x": np.arange(500, dtype=np.float32)}, META)
    else:
        path = store.save_json(STEP, KEY, {"curve": list(range(500))})
    whole = path.read_bytes()
    for place in np.linspace(0.1, 0.8, 20):
        damaged = bytearray(whole)
        damaged[int(place * len(whole))] ^= 4
        path.write_bytes(damaged)
        assert not store.has(STEP, KEY), place
        with pytest.raises(StoreError, match="damaged"):
            store.load_arrays(STEP, KEY) if kind == "arrays" else store.load_json(STEP, KEY)


def test_missing(store: Store) -> None:
    assert not store.has(STEP, KEY)
    with pytest.raises(StoreError, match="'record' is missing"):
        store.load_arrays(STEP, KEY)
    with pytest.raises(StoreError, match="'record' is missing"):
        store.load_json(STEP, KEY)


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a b"])
def test_names_that_would_leave_the_store_are_refused(store: Store, name: str) -> None:
    with pytest.raises(InputError, match="step must"):
        store.path(name, KEY, ".json")
    with pytest.raises(InputError, match="key must"):
        store.path(STEP, name, ".json")


def test_a_store_travels_to_workers(store: Store) -> None:
    store.save_json(STEP, KEY, 1)
    assert pickle.loads(pickle.dumps(store)) == store
    assert pickle.loads(pickle.dumps(store)).has(STEP, KEY)


def test_create_says_why_a_folder_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"file/below cannot be made \(Not a directory\); choose another"):
        Store.create(tmp_path / "file" / "below")
    with pytest.raises(StoreError, match=r"file cannot be made \(File exists\)"):
        Store.create(tmp_path / "file")

    def refuse(*args: object, **kwargs: object) -> None:  # permission bits do not stop root, who runs many tests
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(StoreError, match=r"cannot be written \(Permission denied\)"):
        Store.create(tmp_path / "readonly")


def test_create_keeps_results_and_removes_old_leftovers(store: Store) -> None:
    path = store.save_json(STEP, KEY, 1)
    old, young = path.with_name(".writing-aaaaaaaaaaaa-x.npz"), path.with_name(".writing-bbbbbbbbbbbb-x.npz")
    for leftover in (old, young):
        leftover.write_bytes(b"half")
    an_hour_ago = time.time() - 3700
    os.utime(old, (an_hour_ago, an_hour_ago))
    again = Store.create(store.root)
    assert set(path.parent.iterdir()) == {path, young}
    assert again.load_json(STEP, KEY) == 1


def test_concurrent_writers_and_readers_of_one_key(store: Store, tmp_path: Path) -> None:
    # Three processes write a content each as fast as they can; a reader must only ever see one of them.
    stop = tmp_path / "stop"
    code = (
        "import sys\nimport numpy as np\nfrom dynashape.store import Store\nfrom pathlib import Path\n"
        "store, number, stop = Store(Path(sys.argv[1])), int(sys.argv[2]), Path(sys.argv[3])\n"
        "while not stop.exists():\n"
        "    store.save_arrays('record', '0123abcd', {'x': np.full(20000, number)}, {'number': number})\n"
    )
    store.save_arrays(STEP, KEY, {"x": np.full(20000, 0)}, {"number": 0})
    seen: list[int] = []
    writers = [subprocess.Popen([sys.executable, "-c", code, str(store.root), str(i), str(stop)]) for i in range(1, 4)]
    try:
        while len(seen) < 40 or not {1, 2, 3} <= set(seen):  # until it has met all three
            assert [writer.poll() for writer in writers] == [None] * 3
            loaded, meta = store.load_arrays(STEP, KEY)
            assert (loaded["x"] == meta["number"]).all()
            assert store.has(STEP, KEY)
            seen.append(meta["number"])
    finally:
        stop.touch()
        ended = [writer.wait(timeout=120) for writer in writers]
    assert ended == [0, 0, 0]
    assert len(list(store.path(STEP, KEY, ".npz").parent.iterdir())) == 1
