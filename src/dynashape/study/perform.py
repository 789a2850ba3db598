"""Perform one unit of work on whatever worker it lands: look in the store, compute, write, return only the key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dynashape.store import Store
from dynashape.study.steps import STEPS


def perform(root: str, step: str, key: str, params: Mapping[str, Any], upstream: Mapping[str, str]) -> str:
    """The key of the unit's result, which lies in the store when this returns."""
    store = Store(Path(root))
    if not store.has(step, key):
        STEPS[step](store, key, params, upstream)
    return key
