"""From activity to operators to distances between them."""

from dynashape.dissimilarity.activity import Activity
from dynashape.dissimilarity.alignment import Alignment, align
from dynashape.dissimilarity.all_pairs import Distances, align_all
from dynashape.dissimilarity.cka import cka_distance, cka_distances
from dynashape.dissimilarity.dsa import DSA
from dynashape.dissimilarity.efforts import EFFORTS
from dynashape.dissimilarity.embedding import embed_delays
from dynashape.dissimilarity.input_dsa import InputDSA, input_distances
from dynashape.dissimilarity.input_operator import InputOperator, fit_input_operator
from dynashape.dissimilarity.operator import Operator, fit_operator
from dynashape.dissimilarity.procrustes import procrustes_distance, procrustes_distances
from dynashape.dissimilarity.selection import Candidate, Selection, select_delays_and_rank
from dynashape.dissimilarity.spectral import spectral_distance, spectral_distances

__all__ = [
    "DSA",
    "EFFORTS",
    "Activity",
    "Alignment",
    "Candidate",
    "Distances",
    "InputDSA",
    "InputOperator",
    "Operator",
    "Selection",
    "align",
    "align_all",
    "cka_distance",
    "cka_distances",
    "embed_delays",
    "fit_input_operator",
    "fit_operator",
    "input_distances",
    "procrustes_distance",
    "procrustes_distances",
    "select_delays_and_rank",
    "spectral_distance",
    "spectral_distances",
]
