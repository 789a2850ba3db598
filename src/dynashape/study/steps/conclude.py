"""Correct all tests as one family, and say what shapes the dynamics: shares, intervals, a verdict by a stated rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dynashape.inference import check_claims, compute_headline, correct_family
from dynashape.store import Store
from dynashape.study.archive import load_comparisons


def conclude(store: Store, key: str, params: Mapping[str, Any], upstream: Mapping[str, str]) -> None:
    """Corrected p-values of each comparison and labelling, and the headline with its cells and pooled contrasts."""
    assert not params
    archived = load_comparisons(store, upstream)
    comparisons = [comparison for _, comparison in archived]
    family = correct_family(comparisons)
    headline = compute_headline([place for place, _ in archived], comparisons)
    corrected = [
        {
            **asdict(place),
            "kind": kind,
            "q_value": family.q_accuracy[number][kind],
            "q_permanova": family.q_permanova[number][kind],
            "max_p": family.max_p[number][kind],
        }
        for number, (place, _) in enumerate(archived)
        for kind in family.q_accuracy[number]
    ]
    store.save_json(
        "conclude",
        key,
        {
            "corrected": corrected,
            "smallest_max_p": family.smallest_max_p,
            "n_tests": family.n_tests,
            "sentence": headline.sentence,
            "cells": [asdict(cell) for cell in headline.cells],
            "by_architecture": [asdict(contrast) for contrast in headline.by_architecture],
            "by_task_pair": [asdict(contrast) for contrast in headline.by_task_pair],
            "claims": [asdict(claim) for claim in check_claims(headline)],
            "pooled": [asdict(contrast) for contrast in headline.pooled],
            "left_out": [list(place) for place in headline.left_out],
        },
    )
