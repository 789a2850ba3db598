"""Meta-clustering: lay out all comparisons of both analyses by their separations, and ask what organises them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dynashape.store import Store


def organise(store: Store, key: str, params: Mapping[str, Any], upstream: Mapping[str, str]) -> None:
    """TODO."""
