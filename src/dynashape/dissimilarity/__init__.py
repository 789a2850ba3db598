"""From activity to operators to distances between them."""

from dynashape.dissimilarity.activity import Activity, read_trials
from dynashape.dissimilarity.alignment.align import Alignment, align
from dynashape.dissimilarity.alignment.all_pairs import Alignments, align_all
from dynashape.dissimilarity.alignment.efforts import EFFORTS
from dynashape.dissimilarity.alignment.spectral import spectral_distance, spectral_distances
from dynashape.dissimilarity.estimator.doubts import Doubt, DoubtKind
from dynashape.dissimilarity.estimator.dsa import DSA
from dynashape.dissimilarity.estimator.halves import Floors
from dynashape.dissimilarity.estimator.stability import OrderingStability, Stability, ordering_stability
from dynashape.dissimilarity.estimator.summary import FitSummary, Summary
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
from dynashape.dissimilarity.selection.candidates import Candidate, Prediction, Reliability, Selection
from dynashape.dissimilarity.selection.choose import select_delays_and_rank

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
    "Doubt",
    "DoubtKind",
    "DsaDistance",
    "FitSummary",
    "Floors",
    "InputDSA",
    "InputOperator",
    "Operator",
    "OrderingStability",
    "PairDistances",
    "Prediction",
    "ProcrustesDistance",
    "Reliability",
    "Selection",
    "SpectralDistance",
    "Stability",
    "Summary",
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
    "ordering_stability",
    "procrustes_distance",
    "procrustes_distances",
    "read_trials",
    "select_delays_and_rank",
    "spectral_distance",
    "spectral_distances",
]
