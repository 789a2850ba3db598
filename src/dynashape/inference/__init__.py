"""Distances and labels to conclusions: MDS, separability, permutation tests, variance shares, meta-clustering."""

from dynashape.inference.bounds import Bound, compute_ceiling, compute_floor
from dynashape.inference.claims import Claim, check_claims
from dynashape.inference.compare import DIMENSIONS, LABELLINGS, Comparison, Separation, compare
from dynashape.inference.design import Design
from dynashape.inference.family import Family, benjamini_hochberg, correct_family
from dynashape.inference.grouping import pseudo_f, silhouette
from dynashape.inference.headline import CellContrast, Headline, PooledContrast, compute_headline, decide
from dynashape.inference.hierarchy import Pooled, pool
from dynashape.inference.intervals import (
    MEASURED_BIAS,
    Interval,
    jackknife_interval,
    measured_coverage,
    shares_without_seeds,
)
from dynashape.inference.mds import Embedding, embed_mds
from dynashape.inference.meta import Explained, MetaClustering, meta_cluster
from dynashape.inference.paired_shares import CONTRASTS, ComparisonKey
from dynashape.inference.permutation import Relabellings, condition_swaps, task_relabellings
from dynashape.inference.power import Power, compute_power, pool_components
from dynashape.inference.separability import Separability, separability
from dynashape.inference.simulate import Components, draw_contrasts, draw_points, estimate_components, resample_seeds
from dynashape.inference.stability import resample_accuracies, resample_shares, share_features
from dynashape.inference.synthetic import StudyVariances, draw_study
from dynashape.inference.variance import TERMS, Contrasts, VarianceShares, compute_contrasts, compute_shares
from dynashape.inference.verdict_power import VerdictPilot, VerdictPower, compute_verdict_power, measure_verdict_pilot

__all__ = [
    "CONTRASTS",
    "DIMENSIONS",
    "LABELLINGS",
    "MEASURED_BIAS",
    "TERMS",
    "Bound",
    "CellContrast",
    "Claim",
    "Comparison",
    "ComparisonKey",
    "Components",
    "Contrasts",
    "Design",
    "Embedding",
    "Explained",
    "Family",
    "Headline",
    "Interval",
    "MetaClustering",
    "Pooled",
    "PooledContrast",
    "Power",
    "Relabellings",
    "Separability",
    "Separation",
    "StudyVariances",
    "VarianceShares",
    "VerdictPilot",
    "VerdictPower",
    "benjamini_hochberg",
    "check_claims",
    "compare",
    "compute_ceiling",
    "compute_contrasts",
    "compute_floor",
    "compute_headline",
    "compute_power",
    "compute_shares",
    "compute_verdict_power",
    "condition_swaps",
    "correct_family",
    "decide",
    "draw_contrasts",
    "draw_points",
    "draw_study",
    "embed_mds",
    "estimate_components",
    "jackknife_interval",
    "measure_verdict_pilot",
    "measured_coverage",
    "meta_cluster",
    "pool",
    "pool_components",
    "pseudo_f",
    "resample_accuracies",
    "resample_seeds",
    "resample_shares",
    "separability",
    "share_features",
    "shares_without_seeds",
    "silhouette",
    "task_relabellings",
]
