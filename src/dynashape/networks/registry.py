"""The architectures by name, and how to add one's own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from dynashape.errors import InputError, unknown_name
from dynashape.networks.cell import Cell
from dynashape.networks.gru import Gru
from dynashape.networks.leaky_rnn import LeakyRnn
from dynashape.networks.lstm import Lstm
from dynashape.networks.v_rnn import VRnn

ARCHITECTURES: tuple[str, ...] = ("V-RNN", "GRU", "LSTM")
"""The three architectures of the study."""

_makers: dict[str, Callable[..., Cell]] = {"V-RNN": VRnn, "GRU": Gru, "LSTM": Lstm, "Leaky-RNN": LeakyRnn}


def make_cell(name: str, **options: Any) -> Cell:
    """The cell of this name; `options` go to its constructor (`nonlinearity="tanh"`, ...).

    Raises `InputError` for a name or an option that is not known.

    >>> make_cell("GRU").gates
    ('update', 'reset', 'candidate')
    """
    if name not in _makers:
        raise InputError(unknown_name("architecture", name, _makers))
    try:
        return _makers[name](**options)
    except TypeError as error:
        raise InputError(f"architecture {name!r} cannot be made with options {options!r}: {error}.") from error


def register_cell(name: str, maker: Callable[..., Cell]) -> None:
    """Make `maker` (a `Cell` class, or a function that returns one) known to specs as architecture `name`.

    A name registers once; the same maker may be registered again. Raises `InputError` if another has the name.

    >>> register_cell("my V-RNN", VRnn)
    >>> make_cell("my V-RNN").name
    'V-RNN'
    """
    if _makers.get(name, maker) is not maker:
        raise InputError(f"architecture {name!r} is already registered; choose another name.")
    _makers[name] = maker


def takes_option(name: str, option: str) -> bool:
    """Whether the cell of this name has this option.

    >>> takes_option("Leaky-RNN", "dt_ms"), takes_option("GRU", "dt_ms")
    (True, False)
    """
    return name in _makers and option in inspect.signature(_makers[name]).parameters


def known_architectures() -> tuple[str, ...]:
    """Every name that `make_cell` knows.

    >>> known_architectures()[:3]
    ('V-RNN', 'GRU', 'LSTM')
    """
    return tuple(_makers)
