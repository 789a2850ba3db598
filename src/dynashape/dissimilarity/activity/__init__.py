"""Activity of one system as it comes from a user: any form is read, checked and laid out in one place."""

from dynashape.dissimilarity.activity.axes import Activity
from dynashape.dissimilarity.activity.checked import check_activity
from dynashape.dissimilarity.activity.doubts import doubts, doubts_of_all
from dynashape.dissimilarity.activity.recording import (
    Recording,
    check_delays,
    lay_out,
    most_delays,
    read_activity,
    row_parts,
)
from dynashape.dissimilarity.activity.systems import list_systems, name_systems, read_entries
from dynashape.dissimilarity.activity.trials import read_trials

__all__ = [
    "Activity",
    "Recording",
    "check_activity",
    "check_delays",
    "doubts",
    "doubts_of_all",
    "lay_out",
    "list_systems",
    "most_delays",
    "name_systems",
    "read_activity",
    "read_entries",
    "read_trials",
    "row_parts",
]
