"""Distances and labels to conclusions: MDS, separability, permutation tests, variance shares, meta-clustering."""

from dynashape.inference.compare import DIMENSIONS, LABELLINGS, Comparison, Separation, compare
from dynashape.inference.design import Design
from dynashape.inference.mds import Embedding, embed_mds
from dynashape.inference.separability import Separability, separability

__all__ = [
    "DIMENSIONS",
    "LABELLINGS",
    "Comparison",
    "Design",
    "Embedding",
    "Separability",
    "Separation",
    "compare",
    "embed_mds",
    "separability",
]
