from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dynashape.errors import InputError, StoreError
from dynashape.records import Array, Code, Status, System
from dynashape.store import Store

STEP, KEY = "record", "0123abcd"


@dataclass(frozen=True)
class Result:
    name: str
    scores: tuple[float | None, ...]
    done: bool
    arrays: dict[str, Array]


@dataclass(frozen=True)
class Later(Result):
    added: int = 0


def result(**arrays: np.ndarray) -> Result:
    return Result("CDM ü\n}", (0.5, None), True, arrays or {"activity": np.arange(24000, dtype=np.float32)})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "store")


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
        np.array([np.nan, -np.inf]),
    ],
    ids=[
        *("float32", "transposed", "strided", "fortran", "scalar", "empty"),
        *("complex", "bool", "text", "endian", "byte", "nan"),
    ],
)
def test_arrays_come_back_as_they_were(store: Store, array: np.ndarray) -> None:
    saved = result(**{"a/b c": array, "file": array})
    store.save(STEP, KEY, saved)
    loaded = store.load(STEP, KEY, Result)
    assert list(loaded.arrays) == ["a/b c", "file"]
    for got in loaded.arrays.values():
        assert got.dtype == array.dtype
        assert got.shape == array.shape
        np.testing.assert_array_equal(got, array)
    assert replace(loaded, arrays={}) == replace(saved, arrays={})


@given(
    array=hnp.arrays(
        st.one_of(hnp.floating_dtypes(), hnp.integer_dtypes(), hnp.complex_number_dtypes(), hnp.boolean_dtypes()),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    )
)
def test_any_array_comes_back_bit_by_bit(array: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> None:
    store = Store(tmp_path_factory.getbasetemp() / "any")
    store.save(STEP, KEY, array)
    got = store.load(STEP, KEY, np.ndarray)
    assert (got.dtype, got.shape, got.tobytes()) == (array.dtype, array.shape, array.tobytes())


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (dict[str, list[float | str | bool | None]], {"b": [1.0, 2.5, "ü\n}", None, True], "a": []}),
        (list[int], []),
        (str, "text"),
        (float, 0.1),
        (int, 2**80),
        (type(None), None),
        (tuple[int, float], (1, 2.5)),
        (dict[System, Status], {System("GRU", "CDM", 0, None, "CDM"): Status(Code.DEAD, "3 of 4")}),
        (Result | Status, Status()),
    ],
    ids=str,
)
def test_values_without_arrays_come_back(store: Store, kind: Any, value: object) -> None:
    store.save(STEP, KEY, value, kind)
    assert store.load(STEP, KEY, kind) == value
    assert store.has(STEP, KEY)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float32("-inf")])
def test_what_json_lacks_is_refused_and_nothing_is_written(store: Store, value: float) -> None:
    with pytest.raises(InputError, match="'record' holds a NaN or an infinity outside its arrays"):
        store.save(STEP, KEY, Result("x", (0.5, value), True, {"x": np.zeros(2)}))
    assert not store.has(STEP, KEY)
    assert not store.path(STEP, KEY).parent.exists()


def test_nothing_is_pickled(store: Store) -> None:
    for array in (np.array([{}], dtype=object), np.zeros(1, dtype=[("x", object)])):
        with pytest.raises(InputError, match="'record' has an array of Python objects"):
            store.save(STEP, KEY, result(x=array))
    path = store.path(STEP, KEY)
    path.parent.mkdir()
    np.savez(path, x=np.array([{}], dtype=object))
    assert not store.has(STEP, KEY)
    # Beside a record that is well, too.
    meta = {"step": STEP, "key": KEY, "arrays": 1, "value": {"#": "0"}}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("meta.json", json.dumps(meta))
        with archive.open("0.npy", "w") as member:
            np.lib.format.write_array(member, np.array([{}], dtype=object))
    with pytest.raises(StoreError, match=r"damaged .*allow_pickle"):
        store.load(STEP, KEY, np.ndarray)


def test_what_could_not_be_read_again_is_refused_before_it_is_written(store: Store) -> None:
    with pytest.raises(InputError, match=r"cannot be read as its type .*Result'>: a Result has the fields .*added"):
        store.save(STEP, KEY, Later("x", (), True, {}, 3), Result)
    with pytest.raises(InputError, match="a PosixPath is no part of a record"):
        store.save(STEP, KEY, [Path("x")])
    assert not store.has(STEP, KEY)


def test_a_record_of_another_type_says_that_running_again_does_not_help(store: Store) -> None:
    path = store.save(STEP, KEY, result())
    assert store.has(STEP, KEY)
    with pytest.raises(StoreError, match=rf"{path} was written by another version of the code .*remove this file"):
        store.load(STEP, KEY, Later)


@pytest.mark.parametrize("length", [0, 1, 30, 0.3, 0.5, 0.9, -1])
@pytest.mark.parametrize("record", [result(), list(range(500))], ids=["arrays", "values"])
def test_a_truncated_file_is_missing_and_can_be_made_again(store: Store, record: Any, length: float) -> None:
    path = store.save(STEP, KEY, record)
    kind = Result if isinstance(record, Result) else list[int]
    assert store.has(STEP, KEY)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(length * len(whole)) if 0 < length < 1 else int(length)])
    assert not store.has(STEP, KEY)
    with pytest.raises(StoreError, match=r"'record' is damaged .* run the study again"):
        store.load(STEP, KEY, kind)
    store.save(STEP, KEY, record)
    assert store.has(STEP, KEY)
    store.load(STEP, KEY, kind)


def damaged(path: Path, content: bytes, seconds: int) -> None:
    path.write_bytes(content)
    # Two files of one size within a tick of the clock are one version to a process.
    os.utime(path, (seconds, seconds))


@pytest.mark.parametrize(
    "record", [result(x=np.arange(500, dtype=np.float32)), list(range(500))], ids=["arrays", "values"]
)
def test_a_flipped_bit_anywhere_in_the_content_is_noticed(store: Store, record: Any) -> None:
    path = store.save(STEP, KEY, record)
    whole = path.read_bytes()
    for number, place in enumerate(np.linspace(0.1, 0.8, 20)):
        content = bytearray(whole)
        content[int(place * len(whole))] ^= 4
        damaged(path, content, number)
        assert not store.has(STEP, KEY), place
        with pytest.raises(StoreError, match="damaged"):
            store.load(STEP, KEY, Result if isinstance(record, Result) else list[int])


def test_a_flipped_bit_anywhere_in_the_file_leaves_the_record_as_it_was_or_missing(store: Store) -> None:
    # Names, sizes, flags and headers too: some of them no reader looks at, and nothing else may come of the others.
    path = store.save(STEP, KEY, result(x=np.arange(3.0)))
    whole = path.read_bytes()
    missing = 0
    for bit in range(8 * len(whole)):
        content = bytearray(whole)
        content[bit // 8] ^= 1 << bit % 8
        damaged(path, content, bit)
        if store.has(STEP, KEY):
            loaded = store.load(STEP, KEY, Result)
            assert loaded.arrays["x"].tolist() == [0.0, 1.0, 2.0]
            assert replace(loaded, arrays={}) == replace(result(), arrays={})
        else:
            missing += 1
            with pytest.raises(StoreError, match="damaged"):
                store.load(STEP, KEY, Result)
    assert missing > 4 * len(whole)


def test_a_result_filed_under_another_step_or_key_is_missing(store: Store) -> None:
    path = store.save(STEP, KEY, 1)
    for step, key in ((STEP, "4567ef"), ("train", KEY)):
        other = store.path(step, key)
        other.parent.mkdir(exist_ok=True)
        shutil.copy(path, other)
        assert not store.has(step, key)
        with pytest.raises(StoreError, match=f"it holds the result of step 'record' with key '{KEY}'"):
            store.load(step, key, int)
    assert store.load(STEP, KEY, int) == 1


def test_missing(store: Store) -> None:
    assert not store.has(STEP, KEY)
    with pytest.raises(StoreError, match="'record' is missing"):
        store.load(STEP, KEY, Result)
    store.save(STEP, KEY, 1)
    store.remove(STEP, KEY)
    assert not store.has(STEP, KEY)
    store.remove(STEP, KEY)


def test_a_killed_writer_leaves_the_older_result(store: Store) -> None:
    store.save(STEP, KEY, result())
    code = (
        "import os, sys\nimport numpy as np\nfrom dynashape.store import Store, artifacts\nfrom pathlib import Path\n"
        "artifacts.np.lib.format.write_array = lambda *_, **__: os._exit(9)\n"
        "Store(Path(sys.argv[1])).save('record', '0123abcd', np.zeros(3))\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(store.root)]).returncode == 9
    assert len(list(store.path(STEP, KEY).parent.iterdir())) == 2
    assert store.has(STEP, KEY)
    assert store.load(STEP, KEY, Result).name == result().name


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a b"])
def test_names_that_would_leave_the_store_are_refused(store: Store, name: str) -> None:
    with pytest.raises(InputError, match="step must"):
        store.path(name, KEY)
    with pytest.raises(InputError, match="key must"):
        store.path(STEP, name)


def test_a_store_travels_to_workers(store: Store) -> None:
    store.save(STEP, KEY, 1)
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
    path = store.save(STEP, KEY, 1)
    old, young = path.with_name(".writing-aaaaaaaaaaaa-x.npz"), path.with_name(".writing-bbbbbbbbbbbb-x.npz")
    for leftover in (old, young):
        leftover.write_bytes(b"half")
    an_hour_ago = time.time() - 3700
    os.utime(old, (an_hour_ago, an_hour_ago))
    again = Store.create(store.root)
    assert set(path.parent.iterdir()) == {path, young}
    assert again.load(STEP, KEY, int) == 1


def test_concurrent_writers_and_readers_of_one_key(store: Store, tmp_path: Path) -> None:
    # Three processes write a content each as fast as they can; a reader must only ever see one of them.
    stop = tmp_path / "stop"
    code = (
        "import sys\nimport numpy as np\nfrom dynashape.store import Store\nfrom pathlib import Path\n"
        "store, number, stop = Store(Path(sys.argv[1])), int(sys.argv[2]), Path(sys.argv[3])\n"
        "while not stop.exists():\n"
        "    store.save('record', '0123abcd', [np.full(20000, number), number])\n"
    )
    store.save(STEP, KEY, [np.full(20000, 0), 0])
    seen: list[int] = []
    writers = [subprocess.Popen([sys.executable, "-c", code, str(store.root), str(i), str(stop)]) for i in range(1, 4)]
    try:
        while len(seen) < 40 or not {1, 2, 3} <= set(seen):  # until it has met all three
            assert [writer.poll() for writer in writers] == [None] * 3
            loaded, number = store.load(STEP, KEY, tuple[Array, int])
            assert (loaded == number).all()
            assert store.has(STEP, KEY)
            seen.append(number)
    finally:
        stop.touch()
        ended = [writer.wait(timeout=120) for writer in writers]
    assert ended == [0, 0, 0]
    assert len(list(store.path(STEP, KEY).parent.iterdir())) == 1
