"""The state of a step under way, kept in the store so that it survives the death of its process."""

from __future__ import annotations

import time
from typing import Generic, TypeVar

from dynashape.errors import StoreError
from dynashape.store import Store

T = TypeVar("T")

# Work that is lost at most; a state of 60 networks is some megabytes, so saving costs far less than this.
SAVE_EVERY_S = 30.0


class SavedState(Generic[T]):
    """The last state, of type `kind`, that a step with this key has saved."""

    def __init__(self, store: Store, key: str, kind: type[T]) -> None:
        self._store, self._key, self._kind = store, key, kind
        self._saved = time.monotonic()

    def load(self) -> T | None:
        """The last state that was saved whole; None where there is none, or one of another version of this code."""
        try:
            return self._store.load("progress", self._key, self._kind)
        except StoreError:
            return None

    def save(self, state: T) -> None:
        """Save the state if the last one is older than `SAVE_EVERY_S`."""
        if time.monotonic() - self._saved >= SAVE_EVERY_S:
            self._store.save("progress", self._key, state)
            self._saved = time.monotonic()

    def clear(self) -> None:
        """Forget the state: the step is done."""
        self._store.remove("progress", self._key)
