"""Recurrent cells and ensembles of networks that run and learn in one batch."""

from __future__ import annotations

from dynashape.networks.cell import Cell, Weights, random_orthogonal
from dynashape.networks.ensemble import Ensemble, with_ones
from dynashape.networks.nonlinearity import Nonlinearity, make_nonlinearity
from dynashape.networks.registry import ARCHITECTURES, known_architectures, make_cell, register_cell, takes_option
from dynashape.networks.tape import Tape

__all__ = [
    "ARCHITECTURES",
    "Cell",
    "Ensemble",
    "Nonlinearity",
    "Tape",
    "Weights",
    "known_architectures",
    "make_cell",
    "make_nonlinearity",
    "random_orthogonal",
    "register_cell",
    "takes_option",
    "with_ones",
]
