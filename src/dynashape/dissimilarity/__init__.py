"""From activity to operators to distances between them."""

from dynashape.dissimilarity.activity import Activity
from dynashape.dissimilarity.alignment import Alignment, align
from dynashape.dissimilarity.all_pairs import Distances, align_all
from dynashape.dissimilarity.efforts import EFFORTS
from dynashape.dissimilarity.embedding import embed_delays
from dynashape.dissimilarity.operator import Operator, fit_operator

__all__ = [
    "EFFORTS",
    "Activity",
    "Alignment",
    "Distances",
    "Operator",
    "align",
    "align_all",
    "embed_delays",
    "fit_operator",
]
