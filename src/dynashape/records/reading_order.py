"""In which order names are read, and their short forms: known ones as the published study lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dynashape.records.analyses import Labelling
from dynashape.records.systems import CONDITIONS, PHASES

ARCHITECTURE_ORDER: tuple[str, ...] = ("V-RNN", "GRU", "LSTM")
"""The architectures of the published study, as it lists them."""
TASK_PAIR_ORDER: tuple[str, ...] = ("CDM-PR", "CDM-DC", "CDM-GNG", "DC-PR", "DC-GNG", "PR-GNG")
"""The task pairs, as the published study lists them."""
READING_ORDER: tuple[str, ...] = (
    *ARCHITECTURE_ORDER,
    *PHASES,
    *("CDM", "GNG", "DC", "PR"),
    *TASK_PAIR_ORDER,
    *CONDITIONS,
    *Labelling,
)
"""Every name of the published study, in the order in which figures and tables show them."""
SHORT_NAMES: Mapping[str, str] = {"fixation": "fix", "stimulus": "stim", "delay": "delay", "decision": "dec"}
"""Names that are shortened where room is short."""
SHOWN_PHASE = "stimulus"
"""The phase that is shown where one has to be chosen, since there the inputs differ most."""


def in_reading_order(names: Iterable[object]) -> list[str]:
    """Put names in the order in which the published study lists them, each once.

    Parameters
    ----------
    names : iterable of object
        Names, possibly repeated. A name with words after a comma stands where the name before the comma does.

    Returns
    -------
    list of str
        The known names in reading order, then the others as they come.

    Examples
    --------
    >>> in_reading_order(["delay", "Mine", "fixation", "delay"])
    ['fixation', 'delay', 'Mine']
    """

    def place(name: str) -> int:
        # "CDM, context 1" stands where CDM does.
        return next(
            (READING_ORDER.index(w) for w in (name, name.split(",")[0]) if w in READING_ORDER), len(READING_ORDER)
        )

    return sorted(dict.fromkeys(str(name) for name in names), key=place)


def task_pair(task_a: str, task_b: str) -> str:
    """Name a pair of tasks, the same for either order.

    Parameters
    ----------
    task_a, task_b : str
        The names of the tasks.

    Returns
    -------
    str
        Both names, in reading order where the pair is known.

    Examples
    --------
    >>> task_pair("PR", "CDM"), task_pair("GNG", "PR")
    ('CDM-PR', 'PR-GNG')
    """
    forward, backward = f"{task_a}-{task_b}", f"{task_b}-{task_a}"
    return backward if backward in TASK_PAIR_ORDER else forward
