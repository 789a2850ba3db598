"""Keys from content: the same step, version, parameters and inputs give the same name on every machine.

A key holds what changes a result and nothing else, so an artifact that has the right name is the right artifact.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dynashape.errors import InputError

_EXACT_INTEGERS = 2**53


def content_key(step: str, version: int, params: Mapping[str, Any], upstream: Sequence[str] = ()) -> str:
    """Name the result of a step by its content: the hash of everything that changes it.

    Parameters
    ----------
    step : str
        The name of the step.
    version : int
        The version of its code.
    params : mapping of str to JSON values
        Its parameters. The order of the keys does not matter; a tuple is a list, and a numpy scalar its Python value.
    upstream : sequence of str
        The keys of its inputs, in order.

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
    >>> content_key("train", 1, {}, ["aa", "bb"]) == content_key("train", 1, {}, ["bb", "aa"])
    False
    """
    content = {"step": step, "version": version, "params": params, "upstream": list(upstream)}
    canonical = json.dumps(_one_kind_of_number(plain_json(content)), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:32]


def plain_json(value: Any, where: str = "") -> Any:
    """Make the same value of dict, list, str, bool, int, float and None alone; InputError where that is impossible.

    `where` is the path of the value, for the message.

    >>> import numpy as np
    >>> plain_json({"rates": (np.float64(0.5), True), "n": np.int64(3)})
    {'rates': [0.5, True], 'n': 3}
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InputError(f"{where or 'the value'} is {value!r}, which JSON does not have; use None or a status.")
        return float(value)
    if isinstance(value, Mapping):
        for name in value:
            if not isinstance(name, str):
                raise InputError(f"{where or 'the value'} has the key {name!r}; keys must be strings.")
        return {
            str.__str__(name): plain_json(item, f"{where}.{name}" if where else name) for name, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [plain_json(item, f"{where}[{i}]") for i, item in enumerate(value)]
    raise InputError(
        f"{where or 'the value'} is a {type(value).__name__}, which JSON does not have; "
        "use numbers, strings, booleans, None, lists and mappings of them (array.tolist(), str(path))."
    )


def _one_kind_of_number(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_INTEGERS:
        return int(value)
    if isinstance(value, dict):
        return {name: _one_kind_of_number(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_one_kind_of_number(item) for item in value]
    return value
