"""Classes that a user names as text, "module:Class": one way to load them, with one error."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from dynashape.errors import SpecError


def load_named(entry_point: str, kind: str) -> Any:
    """Load what an entry point names, which runs the code of its module.

    Parameters
    ----------
    entry_point : str
        The text ``"module:Class"``.
    kind : str
        What errors call it, such as ``"cell"`` or ``"dissimilarity"``.

    Returns
    -------
    object
        What the module holds under that name.

    Raises
    ------
    SpecError
        Where it cannot be loaded.

    Examples
    --------
    >>> load_named("fractions:Fraction", "cell")
    <class 'fractions.Fraction'>
    """
    module, _, name = entry_point.partition(":")
    try:
        return getattr(import_module(module), name)
    except Exception as error:  # whatever a module raises when it is imported
        raise SpecError(
            f'cannot load the {kind} {entry_point!r}: {error}. Write "module:Class" and see that the module can be '
            "imported (installed, beside the study's YAML file, or on PYTHONPATH)."
        ) from error
