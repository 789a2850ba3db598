"""The exceptions and warnings a user can meet. Each message names what, where, what was got and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class DynashapeError(Exception):
    """Base of every error that dynashape raises on purpose; the command line prints it as one sentence, exit code 2."""


class DoubtWarning(UserWarning):
    """A result that was computed as asked and may mislead: the systems that it is about, and what to do about it."""


class InputError(DynashapeError, ValueError):
    """An argument or an array that a function cannot work with."""


class SpecError(DynashapeError, ValueError):
    """A study's specification that does not hold together: unknown keys, impossible values, phases that do not fit."""


class StoreError(DynashapeError, OSError):
    """A directory that cannot be written, or that holds another study."""


class EngineError(DynashapeError, RuntimeError):
    """Workers that cannot be reached or started."""


def unknown_name(kind: str, got: str, known: Iterable[str]) -> str:
    """Write a sentence for a name that is not known, with the nearest right one and the whole choice.

    >>> unknown_name("task", "CDN", ["CDM", "GNG"])
    "unknown task 'CDN'; did you mean 'CDM'? Known: CDM, GNG."
    """
    choice = [str(name) for name in known]  # of an enumeration, its values
    near = get_close_matches(got, choice, n=1, cutoff=0.5)
    hint = f" did you mean {near[0]!r}?" if near else ""
    return f"unknown {kind} {got!r};{hint} Known: {', '.join(choice)}."
