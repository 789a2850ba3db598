"""The names of dissimilarities: the four that come with dynashape, those of installed packages, and one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib.metadata import entry_points
from typing import Any

from dynashape.arguments import read_arguments
from dynashape.dissimilarity.kinds.dissimilarity import Dissimilarity
from dynashape.dissimilarity.kinds.published import CkaDistance, DsaDistance, ProcrustesDistance, SpectralDistance
from dynashape.entry_points import load_named
from dynashape.errors import SpecError, unknown_name

ENTRY_POINTS = "dynashape.dissimilarities"
"""The group of entry points under which an installed package offers dissimilarities by name."""

_KINDS: tuple[type[Dissimilarity[Any]], ...] = (DsaDistance, SpectralDistance, ProcrustesDistance, CkaDistance)
DISSIMILARITIES: Mapping[str, type[Dissimilarity[Any]]] = {kind.name: kind for kind in _KINDS}
"""The dissimilarities that come with dynashape, in reading order."""


@read_arguments()
def find_dissimilarity(name: str) -> type[Dissimilarity[Any]]:
    """Find the class of a dissimilarity by its name.

    Parameters
    ----------
    name : str
        A name in `DISSIMILARITIES`, one that an installed package offers in the entry-point group
        "dynashape.dissimilarities", or "module:Class" for one's own. Loading runs the code of that module.

    Returns
    -------
    type
        A subclass of `Dissimilarity`; its fields are its options.

    Raises
    ------
    SpecError
        Where nothing has this name, or what has it is no `Dissimilarity`.

    Examples
    --------
    >>> find_dissimilarity("spectral")(n_delays=2, delay_interval=1, rank=5).unit
    '1'
    """
    if name in DISSIMILARITIES:
        return DISSIMILARITIES[name]
    offered = {point.name: point.value for point in entry_points(group=ENTRY_POINTS)}
    if name not in offered and ":" not in name:
        known = unknown_name("dissimilarity", name, [*DISSIMILARITIES, *offered])
        raise SpecError(f'{known} Write "module:Class" for one of your own.')
    found = load_named(offered.get(name, name), "dissimilarity")
    if not (isinstance(found, type) and issubclass(found, Dissimilarity)):
        raise SpecError(f"{name!r} must name a subclass of dynashape.dissimilarity.Dissimilarity; got {found!r}.")
    _check(name, found)
    return found


def _check(name: str, kind: type[Dissimilarity[Any]]) -> None:
    """SpecError where a class lacks what a study says of it, or what the store needs to read its summaries."""
    lacking = [part for part in ("name", "words", "method", "summary") if not hasattr(kind, part)]
    if lacking:
        raise SpecError(f"{name!r} must say its {', '.join(lacking)}; see dynashape.dissimilarity.Dissimilarity.")
    if not (is_dataclass(kind.summary) and "status" in {field.name for field in fields(kind.summary)}):
        raise SpecError(f"the summary of {name!r} must be a dataclass with a field `status`; got {kind.summary!r}.")
