"""The colours of known names, for figures and report alike."""

from __future__ import annotations

from collections.abc import Mapping

# Okabe and Ito (2008), with lightness spread so that a grey print keeps the order.
TASK_COLOURS: Mapping[str, str] = {"CDM": "#0072b2", "GNG": "#f0a30a", "DC": "#009e73", "PR": "#cc79a7"}
# Tol's "bright" scheme.
TASK_PAIR_COLOURS: Mapping[str, str] = {
    "CDM-PR": "#4477aa",
    "CDM-DC": "#66ccee",
    "CDM-GNG": "#228833",
    "DC-PR": "#ccbb44",
    "DC-GNG": "#ee6677",
    "PR-GNG": "#aa3377",
}
CONDITION_COLOURS: Mapping[str, str] = {"untrained": "#b4bcc8", "trained": "#566580", "noise": "#d55e00"}
# Tol's "high contrast" triple, made for grey prints.
ARCHITECTURE_COLOURS: Mapping[str, str] = {"V-RNN": "#1f78b4", "GRU": "#bb5566", "LSTM": "#ddaa33"}
PHASE_COLOURS: Mapping[str, str] = {
    "fixation": "#a9b0bb",
    "stimulus": "#e8912d",
    "delay": "#4ba36b",
    "decision": "#8e5ea8",
}
LABELLING_COLOURS: Mapping[str, str] = {"task": "#7c8798", "training": "#3a9bdc", "input": "#d55e00"}
ANALYSIS_COLOURS: Mapping[str, str] = {"1": LABELLING_COLOURS["training"], "2": LABELLING_COLOURS["input"]}
# For names that are not known, in the order in which they come.
SPARE_COLOURS: tuple[str, ...] = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#f0a30a",
    "#56b4e9",
    "#8e5ea8",
    "#7c8798",
)
