"""From activity to operators to distances between them."""

from dynashape.dissimilarity.alignment import Alignment, align
from dynashape.dissimilarity.all_pairs import Distances, align_all
from dynashape.dissimilarity.efforts import EFFORTS

__all__ = ["EFFORTS", "Alignment", "Distances", "align", "align_all"]
