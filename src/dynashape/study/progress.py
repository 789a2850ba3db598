"""The state of a training that is under way, kept in the store so that it survives the death of its process."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from dynashape.errors import StoreError
from dynashape.records import Array, Status
from dynashape.store import Store
from dynashape.training import CurvePoint, TrainedNetwork, TrainingState
from dynashape.training.state import StreamState

# Work that is lost at most; a state of 60 networks is some megabytes, so saving costs far less than this.
SAVE_EVERY_S = 30.0

_RECORDS = {kind.__name__: kind for kind in (TrainingState, TrainedNetwork, CurvePoint, StreamState, Status)}


class Progress:
    """The saved state of one unit of training: the artifact `progress` with the unit's own key, gone once done."""

    def __init__(self, store: Store, key: str) -> None:
        self._store, self._key = store, key
        self._saved = time.monotonic()

    def load(self) -> TrainingState | None:
        """The last state that was saved whole; None where there is none, or one of another version of this code."""
        try:
            arrays, meta = self._store.load_arrays("progress", self._key)
            state: TrainingState = unpack(meta["state"], arrays)
        except (StoreError, KeyError, TypeError):
            return None
        return state

    def save(self, state: TrainingState) -> None:
        """Save the state if the last one is older than `SAVE_EVERY_S`."""
        if time.monotonic() - self._saved < SAVE_EVERY_S:
            return
        arrays: dict[str, Array] = {}
        plain = pack(state, arrays)
        self._store.save_arrays("progress", self._key, arrays, {"state": plain})
        self._saved = time.monotonic()

    def clear(self) -> None:
        """Forget the state: the unit is done."""
        self._store.path("progress", self._key, ".npz").unlink(missing_ok=True)


def pack(value: Any, arrays: dict[str, Array]) -> Any:
    """The value as JSON; its arrays are added to `arrays` and named in it.

    >>> arrays = {}
    >>> unpack(pack({3: (1, 2.5)}, arrays), arrays)
    {3: (1, 2.5)}
    """
    if isinstance(value, np.ndarray):
        name = str(len(arrays))
        arrays[name] = value
        return {"array": name}
    if is_dataclass(value) and not isinstance(value, type):
        own = {field.name: pack(getattr(value, field.name), arrays) for field in fields(value)}
        return {"record": type(value).__name__, "fields": own}
    if isinstance(value, Mapping):
        # As pairs: the keys of JSON objects are text, and seeds are numbers.
        return {"pairs": [[key, pack(inner, arrays)] for key, inner in value.items()]}
    if isinstance(value, (list, tuple)):
        return {type(value).__name__: [pack(inner, arrays) for inner in value]}
    return value


def unpack(plain: Any, arrays: Mapping[str, Array]) -> Any:
    """The value that `pack` turned into this."""
    if not isinstance(plain, dict):
        return plain
    if "array" in plain:
        return arrays[plain["array"]]
    if "record" in plain:
        own = {name: unpack(inner, arrays) for name, inner in plain["fields"].items()}
        return _RECORDS[plain["record"]](**own)
    if "pairs" in plain:
        return {key: unpack(inner, arrays) for key, inner in plain["pairs"]}
    ((kind, items),) = plain.items()
    inner = [unpack(item, arrays) for item in items]
    return inner if kind == "list" else tuple(inner)
