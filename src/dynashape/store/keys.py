"""Keys from content: the same step, version, parameters and inputs give the same name on every machine.

A key holds what changes a result and nothing else, so an artifact that has the right name is the right artifact.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from dynashape.errors import InputError

_EXACT_INTEGERS = 2**53


def content_key(step: str, version: int, params: Mapping[str, object]) -> str:
    """Name the result of a step by its content: the hash of everything that changes it.

    Parameters
    ----------
    step : str
        The name of the step.
    version : int
        The version of its code.
    params : mapping of str to JSON values
        Its parameters. The order of the keys does not matter; a tuple is a list, and a numpy scalar its Python value.

    Returns
    -------
    str
        32 hexadecimal characters.

    Raises
    ------
    InputError
        For values that JSON does not have (NaN, infinities, arrays, sets, paths, ...); the message names the place.

    Notes
    -----
    The name is the SHA-256 of canonical JSON. JSON knows one kind of number, so 1 and 1.0 (what YAML makes of ``1`` and
    ``1.0``) are the same parameter; 1 and true are not. Floats are written with the fewest digits that read back to the
    same double.

    Examples
    --------
    >>> content_key("train", 1, {"rate": 1.0, "task": "CDM"}) == content_key("train", 1, {"task": "CDM", "rate": 1})
    True
    >>> content_key("train", 1, {"inputs": ["aa", "bb"]}) == content_key("train", 1, {"inputs": ["bb", "aa"]})
    False
    """
    content = {"step": step, "version": version, "params": params}
    canonical = json.dumps(_canonical(content, ""), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:32]


def _canonical(value: Any, where: str) -> Any:
    """The value as JSON with one kind of number; `where` is its place, for the message."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InputError(f"{where} is {value!r}, which JSON does not have; use None or a status.")
        return int(value) if value.is_integer() and abs(value) < _EXACT_INTEGERS else value
    if isinstance(value, Mapping):
        for name in value:
            if not isinstance(name, str):
                raise InputError(f"{where} has the key {name!r}; keys must be strings.")
        return {name: _canonical(item, f"{where}.{name}" if where else name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item, f"{where}[{i}]") for i, item in enumerate(value)]
    raise InputError(
        f"{where} is a {type(value).__name__}, which JSON does not have; "
        "use numbers, strings, booleans, None, and lists, mappings and frozen dataclasses of them."
    )
