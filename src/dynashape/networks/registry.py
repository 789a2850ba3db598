"""Architectures by name: those that come with dynashape, and a user's own by entry point."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from dynashape.entry_points import load_named
from dynashape.errors import InputError, unknown_name
from dynashape.networks.cell import Cell
from dynashape.networks.gru import Gru
from dynashape.networks.leaky_rnn import LeakyRnn
from dynashape.networks.lstm import Lstm
from dynashape.networks.v_rnn import VRnn

ARCHITECTURES: tuple[str, ...] = ("V-RNN", "GRU", "LSTM")
"""The three architectures of the published study."""

_MAKERS: dict[str, Callable[..., Cell]] = {"V-RNN": VRnn, "GRU": Gru, "LSTM": Lstm, "Leaky-RNN": LeakyRnn}


def make_cell(architecture: str, **options: Any) -> Cell:
    """Make the cell of an architecture.

    Parameters
    ----------
    architecture : str
        A known name (see `known_architectures`), or an entry point ``"module:Class"`` of a `Cell` subclass or of a
        function that returns a cell.
    **options
        Arguments of the cell's constructor, such as ``nonlinearity="tanh"``.

    Returns
    -------
    Cell
        The cell, without weights.

    Raises
    ------
    InputError
        For a name or an option that is not known, and where an entry point leads to something else than a cell.
    SpecError
        Where an entry point cannot be loaded.

    Examples
    --------
    >>> make_cell("GRU").gates
    ('update', 'reset', 'candidate')
    >>> make_cell("dynashape.networks.v_rnn:VRnn", nonlinearity="tanh").name
    'V-RNN'
    """
    make = _maker(architecture)
    try:
        cell: Any = make(**options)
    except TypeError as error:
        raise InputError(f"architecture {architecture!r} cannot be made with options {options!r}: {error}.") from error
    if not isinstance(cell, Cell):
        raise _no_cell(architecture, cell)
    return cell


def takes_option(architecture: str, option: str) -> bool:
    """Whether the cell of this architecture (a name or an entry point) has this option; raises as `make_cell` does.

    >>> takes_option("Leaky-RNN", "dt_ms"), takes_option("dynashape.networks.gru:Gru", "dt_ms")
    (True, False)
    """
    return option in inspect.signature(_maker(architecture)).parameters


def known_architectures() -> tuple[str, ...]:
    """List the names of the architectures that come with dynashape.

    Returns
    -------
    tuple of str
        Every name that `make_cell` knows.

    Examples
    --------
    >>> known_architectures()
    ('V-RNN', 'GRU', 'LSTM', 'Leaky-RNN')
    """
    return tuple(_MAKERS)


def _maker(architecture: str) -> Callable[..., Any]:
    if ":" not in architecture:
        if architecture not in _MAKERS:
            raise InputError(unknown_name("architecture", architecture, _MAKERS))
        return _MAKERS[architecture]
    found = load_named(architecture, "cell")
    if not callable(found) or (isinstance(found, type) and not issubclass(found, Cell)):
        raise _no_cell(architecture, found)
    return found  # type: ignore[no-any-return]


def _no_cell(architecture: str, found: object) -> InputError:
    kind = found.__name__ if isinstance(found, type) else type(found).__name__
    return InputError(
        f"architecture {architecture!r} must be a subclass of dynashape.networks.Cell, or a function that returns such "
        f"a cell; got {kind}."
    )
