"""Results on disk: named by content, written in one step, whole or missing."""

from dynashape.store.artifacts import Store
from dynashape.store.atomic import atomic_path, remove_leftovers, write_atomic
from dynashape.store.keys import content_key

__all__ = ["Store", "atomic_path", "content_key", "remove_leftovers", "write_atomic"]
