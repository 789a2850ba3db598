"""Result tables and arrays in, matplotlib figures out: nothing is computed, saved or shown here.

Every function returns a `matplotlib.figure.Figure` that belongs to no window; `to_bytes` turns it into a file's bytes.
"""

from dynashape.figures.comparison_scheme import plot_comparison_scheme
from dynashape.figures.difference_map import plot_separability_difference, separability_difference
from dynashape.figures.distance_matrices import plot_distance_matrices
from dynashape.figures.distance_scale import plot_distance_scale
from dynashape.figures.learning import plot_learning
from dynashape.figures.mds_maps import plot_mds_maps
from dynashape.figures.meta_clustering import plot_meta_clustering
from dynashape.figures.power import plot_power
from dynashape.figures.psychometric import plot_psychometric
from dynashape.figures.sensitivity import plot_sensitivity
from dynashape.figures.separability_map import plot_separability_map
from dynashape.figures.side_by_side import plot_studies
from dynashape.figures.spectra import plot_spectra
from dynashape.figures.stability import plot_stability
from dynashape.figures.style import to_bytes
from dynashape.figures.task_structure import plot_task_structure
from dynashape.figures.training_curves import plot_training_curves
from dynashape.figures.variance_shares import plot_variance_shares

__all__ = [
    "plot_comparison_scheme",
    "plot_distance_matrices",
    "plot_distance_scale",
    "plot_learning",
    "plot_mds_maps",
    "plot_meta_clustering",
    "plot_power",
    "plot_psychometric",
    "plot_sensitivity",
    "plot_separability_difference",
    "plot_separability_map",
    "plot_spectra",
    "plot_stability",
    "plot_studies",
    "plot_task_structure",
    "plot_training_curves",
    "plot_variance_shares",
    "separability_difference",
    "to_bytes",
]
