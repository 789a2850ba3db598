"""Distances between systems, labelled: the matrix and the table of its systems are one value."""

from dynashape.distances.labelled import Distances

__all__ = ["Distances"]
