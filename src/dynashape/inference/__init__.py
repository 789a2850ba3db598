"""Distances and labels to conclusions: MDS, separability, permutation tests, variance shares, verdicts, power."""

from dynashape.inference.comparison.compare import compare
from dynashape.inference.comparison.intervals import MEASURED_BIAS as MEASURED_BIAS
from dynashape.inference.comparison.intervals import Interval, measured_coverage
from dynashape.inference.comparison.mds import Embedding, embed_mds
from dynashape.inference.comparison.permanova import Contrasts, VarianceShares, compute_contrasts, compute_shares
from dynashape.inference.comparison.permutation import Relabellings, condition_swaps, task_relabellings
from dynashape.inference.comparison.records import SEPARATED as SEPARATED
from dynashape.inference.comparison.records import Compared as Compared
from dynashape.inference.comparison.records import Comparison, ComparisonKey, LeftOut, Separation
from dynashape.inference.comparison.rows import comparison_rows
from dynashape.inference.comparison.separability import Separability, separability
from dynashape.inference.planning.components import Components
from dynashape.inference.planning.power import Power, compute_power, pool_components
from dynashape.inference.planning.resolution import describe_reach, fewest_seeds, smallest_p_value
from dynashape.inference.planning.verdict_power import (
    VerdictPilot,
    VerdictPower,
    compute_verdict_power,
    measure_verdict_pilot,
)
from dynashape.inference.study.bounds import Bound, compute_ceiling, compute_floor
from dynashape.inference.study.claims import Claim, check_claims
from dynashape.inference.study.headline import CellContrast, Headline, PooledContrast, compute_headline
from dynashape.inference.study.headline import Conclusion as Conclusion
from dynashape.inference.study.headline import Place as Place
from dynashape.inference.study.meta_clustering import Explained, MetaClustering, meta_cluster
from dynashape.inference.study.multiple_tests import Corrected, Family, correct_family
from dynashape.inference.study.pooling import Pooled
from dynashape.inference.study.resampling import resample_accuracies as resample_accuracies
from dynashape.inference.study.resampling import resample_shares as resample_shares

# What users call, and the records that it returns. The other names are here for the rooms above.
__all__ = [
    "Bound",
    "CellContrast",
    "Claim",
    "Comparison",
    "ComparisonKey",
    "Components",
    "Contrasts",
    "Corrected",
    "Embedding",
    "Explained",
    "Family",
    "Headline",
    "Interval",
    "LeftOut",
    "MetaClustering",
    "Pooled",
    "PooledContrast",
    "Power",
    "Relabellings",
    "Separability",
    "Separation",
    "VarianceShares",
    "VerdictPilot",
    "VerdictPower",
    "check_claims",
    "compare",
    "comparison_rows",
    "compute_ceiling",
    "compute_contrasts",
    "compute_floor",
    "compute_headline",
    "compute_power",
    "compute_shares",
    "compute_verdict_power",
    "condition_swaps",
    "correct_family",
    "describe_reach",
    "embed_mds",
    "fewest_seeds",
    "measure_verdict_pilot",
    "measured_coverage",
    "meta_cluster",
    "pool_components",
    "separability",
    "smallest_p_value",
    "task_relabellings",
]
