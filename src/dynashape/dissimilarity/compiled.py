"""Loops that numba compiles at their first call and keeps on disk."""

from __future__ import annotations

from typing import Any

from numba import njit


def compiled(function: Any) -> Any:
    """The function, compiled at its first call; kept on disk, where there is a place that may be written to."""
    try:
        return njit(cache=True, error_model="numpy")(function)
    except RuntimeError:  # neither the package's folder nor the user's cache: compile once a process
        return njit(error_model="numpy")(function)
