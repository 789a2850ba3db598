"""From activity to operators to distances between them."""

from dynashape.dissimilarity.activity import Activity
from dynashape.dissimilarity.alignment.align import Alignment, align
from dynashape.dissimilarity.alignment.all_pairs import Alignments, align_all
from dynashape.dissimilarity.geometry.cka import cka_distance, cka_distances
from dynashape.dissimilarity.dsa import DSA
from dynashape.dissimilarity.alignment.efforts import EFFORTS
from dynashape.dissimilarity.operator.embedding import embed_delays
from dynashape.dissimilarity.inputs.input_dsa import InputDSA, input_distances
from dynashape.dissimilarity.inputs.input_operator import InputOperator, fit_input_operator
from dynashape.dissimilarity.operator.fit import Operator, fit_operator
from dynashape.dissimilarity.geometry.procrustes import procrustes_distance, procrustes_distances
from dynashape.dissimilarity.operator.selection import Candidate, Selection, select_delays_and_rank
from dynashape.dissimilarity.alignment.spectral import spectral_distance, spectral_distances

__all__ = [
    "DSA",
    "EFFORTS",
    "Activity",
    "Alignment",
    "Candidate",
    "Alignments",
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
