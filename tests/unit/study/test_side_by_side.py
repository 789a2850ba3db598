from __future__ import annotations

from pathlib import Path

import pytest

from dynashape.errors import StoreError
from dynashape.store.plain_files import name_folders
from dynashape.study import write_side_by_side


@pytest.mark.parametrize(
    ("folders", "names"),
    [
        (["/a/quick", "/b/paper"], ["quick", "paper"]),
        (["/a/quick", "/b/quick", "/c"], ["a/quick", "b/quick", "c"]),
        (["/x/a/quick", "/y/a/quick", "/z/b/quick"], ["x/a/quick", "y/a/quick", "b/quick"]),
        (["/quick", "/a/quick"], ["/quick", "a/quick"]),
    ],
)
def test_folders_go_by_the_shortest_names_that_tell_them_apart(folders, names):
    assert list(name_folders([Path(folder) for folder in folders])) == names


def test_the_same_folder_under_two_names_is_refused(tmp_path):
    (tmp_path / "study").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "study")
    with pytest.raises(StoreError, match=r"the same folder as .*study and .*link"):
        name_folders([tmp_path / "study", tmp_path / "link"])


def test_a_folder_without_a_study_is_named_and_nothing_is_written(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with pytest.raises(StoreError, match="a holds no study"):
        write_side_by_side([tmp_path / "a", tmp_path / "b"], tmp_path / "out.html")
    assert not (tmp_path / "out.html").exists()
