"""What shapes the dynamics of a recurrent network: its input, its training, or its architecture?

The names below need the core dependencies only and are imported on first use; the study and the command line need the
`study` extra.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dynashape.dissimilarity import DSA as DSA
    from dynashape.dissimilarity import InputDSA as InputDSA
    from dynashape.dissimilarity import align as align
    from dynashape.dissimilarity import align_all as align_all
    from dynashape.dissimilarity import fit_operator as fit_operator
    from dynashape.dissimilarity import fit_operators as fit_operators
    from dynashape.dissimilarity import read_trials as read_trials
    from dynashape.dissimilarity import select_delays_and_rank as select_delays_and_rank
    from dynashape.dissimilarity import spectral_distance as spectral_distance

__version__ = "0.1.0"

_HOME = {
    "DSA": "dynashape.dissimilarity",
    "InputDSA": "dynashape.dissimilarity",
    "align": "dynashape.dissimilarity",
    "align_all": "dynashape.dissimilarity",
    "fit_operator": "dynashape.dissimilarity",
    "fit_operators": "dynashape.dissimilarity",
    "read_trials": "dynashape.dissimilarity",
    "select_delays_and_rank": "dynashape.dissimilarity",
    "spectral_distance": "dynashape.dissimilarity",
}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'dynashape' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
