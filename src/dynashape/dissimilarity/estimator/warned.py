"""Warnings about many systems as one line a kind: those of single systems are heard, and told together."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from dynashape.dissimilarity.estimator.doubts import Doubt
from dynashape.dissimilarity.selection.candidates import Selection
from dynashape.errors import DoubtWarning
from dynashape.records import OK, Status

_LISTED = 3
# Whose frames lie between the call of a user and a warning.
_WITHIN = {"dynashape", "jaxtyping", "beartype", "contextlib"}


@contextmanager
def hear() -> Iterator[list[warnings.WarningMessage]]:
    """Keep the warnings of what is computed in the block, however often it warns of the same system."""
    with warnings.catch_warnings(record=True) as heard:
        # Others stay as they are: what is an error remains one.
        warnings.simplefilter("always", UserWarning)
        yield heard


def tell(heard: Sequence[warnings.WarningMessage], selection: Selection | None, doubts: Iterable[Doubt]) -> None:
    """Warn once of each kind, at the line that called the package."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _WITHIN:
        level, frame = level + 1, frame.f_back
    by_class: dict[type[Warning], list[str]] = {}
    for each in heard:
        texts = by_class.setdefault(each.category, [])
        if str(each.message) not in texts:
            texts.append(str(each.message))
    for category, texts in by_class.items():
        rest = f"; and {len(texts) - _LISTED} more" if len(texts) > _LISTED else ""
        warnings.warn("; ".join(texts[:_LISTED]) + rest, category, stacklevel=level)
    status: Status = getattr(selection, "status", OK)
    if not status.ok:
        warnings.warn(f"the choice of delays and rank: {status.message}", DoubtWarning, stacklevel=level)
    for doubt in doubts:
        warnings.warn(doubt.message, DoubtWarning, stacklevel=level)
