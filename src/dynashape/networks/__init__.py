"""Recurrent cells and ensembles of networks that run and learn in one batch."""

from __future__ import annotations

from dynashape.networks.cell import Cell, Weights
from dynashape.networks.ensemble import Ensemble
from dynashape.networks.registry import ARCHITECTURES, known_architectures, make_cell
from dynashape.networks.tape import Tape

__all__ = ["ARCHITECTURES", "Cell", "Ensemble", "Tape", "Weights", "known_architectures", "make_cell"]
