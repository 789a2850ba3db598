from __future__ import annotations

from dataclasses import fields

import pandas as pd
from dynashape.study.results import Results
from dynashape.study.warnings import find_warnings


def results(alignments: pd.DataFrame) -> Results:
    nothing = {field.name: {} if "Mapping" in field.type else pd.DataFrame() for field in fields(Results)}
    return Results(**{**nothing, "alignments": alignments})


def test_alignments_that_did_not_converge_are_one_sentence():
    rows = [("V-RNN", "delay", 1770, 1768), ("GRU", "delay", 1770, 1760), ("GRU", "fixation", 1700, 1700)]
    table = pd.DataFrame(rows, columns=["architecture", "phase", "n_aligned", "n_converged"])
    (notice,) = find_warnings(results(table), {})
    assert notice.text.startswith("12 of 5240 alignments did not converge, most in GRU, delay (10 of 1770)")
    assert notice.about == "distances"


def test_nothing_is_said_of_alignments_that_all_converged():
    rows = [("V-RNN", "delay", 1770, 1770)]
    table = pd.DataFrame(rows, columns=["architecture", "phase", "n_aligned", "n_converged"])
    assert find_warnings(results(table), {}) == []
