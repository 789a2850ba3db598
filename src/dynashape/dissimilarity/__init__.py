"""From activity to operators to distances between them."""

from dynashape.dissimilarity.activity import Activity
from dynashape.dissimilarity.alignment.align import Alignment, align
from dynashape.dissimilarity.alignment.all_pairs import Alignments, align_all
from dynashape.dissimilarity.alignment.efforts import EFFORTS
from dynashape.dissimilarity.alignment.spectral import spectral_distance, spectral_distances
from dynashape.dissimilarity.dsa import DSA
from dynashape.dissimilarity.geometry.cka import cka_distance, cka_distances
from dynashape.dissimilarity.geometry.procrustes import procrustes_distance, procrustes_distances
from dynashape.dissimilarity.inputs.input_dsa import InputDSA, input_distances
from dynashape.dissimilarity.inputs.input_operator import InputOperator, fit_input_operator
from dynashape.dissimilarity.kinds.dissimilarity import Dissimilarity, PairDistances
from dynashape.dissimilarity.kinds.names import DISSIMILARITIES, find_dissimilarity
from dynashape.dissimilarity.kinds.published import CkaDistance, DsaDistance, ProcrustesDistance, SpectralDistance
from dynashape.dissimilarity.operator.embedding import embed_delays
from dynashape.dissimilarity.operator.fit import Operator, fit_operator
from dynashape.dissimilarity.operator.fit_all import fit_operators
from dynashape.dissimilarity.operator.selection import Candidate, Selection, select_delays_and_rank

__all__ = [
    "DISSIMILARITIES",
    "DSA",
    "EFFORTS",
    "Activity",
    "Alignment",
    "Alignments",
    "Candidate",
    "CkaDistance",
    "Dissimilarity",
    "DsaDistance",
    "InputDSA",
    "InputOperator",
    "Operator",
    "PairDistances",
    "ProcrustesDistance",
    "Selection",
    "SpectralDistance",
    "align",
    "align_all",
    "cka_distance",
    "cka_distances",
    "embed_delays",
    "find_dissimilarity",
    "fit_input_operator",
    "fit_operator",
    "fit_operators",
    "input_distances",
    "procrustes_distance",
    "procrustes_distances",
    "select_delays_and_rank",
    "spectral_distance",
    "spectral_distances",
]
