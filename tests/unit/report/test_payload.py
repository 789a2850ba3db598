from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from dynashape.errors import InputError
from dynashape.report import Explorer, FigureElement, ReportContent, TableElement
from dynashape.report.payload import build_payload, plain_value, to_script_json


def test_one_table_shown_in_three_places_is_kept_once(synthetic):
    table = synthetic.separability()
    content = ReportContent(
        "t",
        "v",
        explorer=Explorer(table),
        figures=[FigureElement("map", "m", "<svg/>", "c", "a", table)],
        tables=[TableElement("copy", "m", table.copy())],
    )
    payload, shown = build_payload(content)
    assert list(payload["tables"]) == ["separability"]
    assert shown == {"map": "separability", "copy": "separability"}


def test_numbers_go_in_as_they_are_and_what_is_not_a_number_as_null(synthetic):
    table = synthetic.separability()
    table.loc[3, "share"] = np.nan
    payload, _ = build_payload(ReportContent("t", "v", explorer=Explorer(table)))
    raw = json.loads(to_script_json(payload))["tables"]["separability"]
    column = raw["values"][raw["columns"].index("share")]
    assert column[3] is None
    assert column[:3] == table["share"].tolist()[:3]


def test_the_upper_triangle_holds_every_distance(synthetic):
    distances = synthetic.distances()
    content = ReportContent("t", "v", explorer=Explorer(synthetic.separability(), distances=distances))
    payload, _ = build_payload(content)
    matrix = payload["explorer"]["distances"]["LSTM|delay"]
    upper, square = matrix["upper"], distances["LSTM", "delay"].values
    n = len(square)
    for i, j in ((0, 1), (5, 17), (n - 2, n - 1)):
        # The page's own arithmetic for a place in the triangle; four digits are kept.
        value = upper[i * n - i * (i + 1) // 2 + j - i - 1]
        assert value is None if np.isnan(square[i, j]) else value == pytest.approx(square[i, j], abs=5e-5)
    assert upper.count(None) == int(np.isnan(square[np.triu_indices(n, k=1)]).sum()) > 0
    assert (matrix["unit"], distances["LSTM", "delay"].unit) == ("", "1")


def test_matrices_of_the_same_systems_share_one_table_of_them(synthetic):
    distances = synthetic.distances()
    fewer = distances["GRU", "delay"].select(task=["CDM", "PR"])
    content = ReportContent(
        "t", "v", explorer=Explorer(synthetic.separability(), distances=distances | {("GRU", "delay"): fewer})
    )
    payload, _ = build_payload(content)
    names = {place: matrix["systems"] for place, matrix in payload["explorer"]["distances"].items()}
    assert set(names.values()) == {"systems", "systems-2"}
    table = payload["tables"][names["GRU|delay"]]
    assert dict(zip(table["columns"], table["values"], strict=True)) == {
        name: column.tolist() for name, column in fewer.labels.items()
    }


def test_the_explorer_says_which_columns_it_lacks(synthetic):
    with pytest.raises(InputError, match="labelling, accuracy missing"):
        build_payload(
            ReportContent("t", "v", explorer=Explorer(synthetic.separability().drop(columns=["labelling", "accuracy"])))
        )


def test_no_text_can_close_the_script_element():
    table = pd.DataFrame({"message": ["</script><script>alert(1)</script>", "<!-- <script>"]})
    payload, _ = build_payload(ReportContent("t", "v", tables=[TableElement("x", "x", table)]))
    text = to_script_json(payload)
    assert "<" not in text
    assert json.loads(text)["tables"]["x"]["values"][0] == table["message"].tolist()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (float("nan"), None),
        (pd.NA, None),
        (np.bool_(False), False),
        ({"a": [np.inf, 1]}, {"a": [None, 1]}),
    ],
)
def test_values_become_plain(value, expected):
    assert plain_value(value) == expected
