"""The same study with one field replaced: what a sensitivity analysis asks again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dynashape.dissimilarity import DISSIMILARITIES
from dynashape.errors import SpecError
from dynashape.records import Code, Status
from dynashape.study.ask.load import parse_spec, read_mapping, replace_field
from dynashape.study.ask.parts import AUTO
from dynashape.study.ask.spec import StudySpec
from dynashape.tasks import INPUT_CONDITIONS

# Values of these may be more than a phase holds, which is a finding and no mistake.
_CAPACITY = ("dsa.n_delays", "dsa.delay_interval", "dsa.rank")


@dataclass(frozen=True)
class Variant:
    """The study with one field replaced, or a status that says why the data cannot carry the value.

    `chosen` marks the study's own value.
    """

    setting: str
    value: str
    spec: StudySpec | Status
    chosen: bool


def default_grid(spec: StudySpec) -> dict[str, list[Any]]:
    """Delays and ranks around the study's own, every random input, every dissimilarity.

    Raises SpecError where delays or rank are still to be chosen.

    >>> default_grid(StudySpec())["dsa.n_delays"]
    [3, 6, 12]
    """
    n_delays, rank = spec.dsa.n_delays, spec.dsa.rank
    if n_delays == AUTO or rank == AUTO:
        raise SpecError("a grid around delays and rank needs their numbers; they stand in the table `selection`.")
    return {
        "dsa.n_delays": sorted({max(1, n_delays // 2), n_delays, 2 * n_delays}),
        "dsa.rank": sorted({max(2, rank // 2), rank, rank + max(1, rank // 2)}),
        "activity.noise": [name for name in INPUT_CONDITIONS if name != "task"],
        "dissimilarity": list(DISSIMILARITIES),
    }


def read_grid(path: Path) -> dict[str, list[Any]]:
    """Read the grid of a sensitivity analysis.

    Parameters
    ----------
    path : Path
        A YAML file of lines such as `dsa.rank: [8, 15]`.

    Returns
    -------
    dict of str to list
        The values that each field takes in turn.

    Raises
    ------
    SpecError
        Where the file cannot be read or holds no grid.
    """
    try:
        raw = read_mapping(path.read_text(), str(path))
    except OSError as error:
        raise SpecError(f"the grid {path} cannot be read ({error.strerror}); give a YAML file that exists.") from None
    grid = {setting: values for setting, values in raw.items() if isinstance(values, list) and values}
    if not grid or len(grid) < len(raw):
        raise SpecError(f"{path} must hold lines `field: [value, value]`, such as `dsa.rank: [8, 15]`.")
    return {str(setting): values for setting, values in grid.items()}


def make_variants(spec: StudySpec, grid: Mapping[str, Sequence[Any]]) -> list[Variant]:
    """One variant for each setting and value, the study's own value among them.

    Raises SpecError for a field or value that no study has.
    """
    variants = []
    for setting, values in grid.items():
        given = _value(spec, setting)
        for value in values if given in values else [given, *values]:
            try:
                replaced = spec if value == given else _replace(spec, setting, value)
                variants.append(Variant(setting, _text(value), replaced, value == given))
            except SpecError as error:
                if setting not in _CAPACITY or not isinstance(value, int) or value < 1:
                    raise
                variants.append(Variant(setting, _text(value), Status(Code.UNDETERMINED, str(error)), False))
    return variants


def _value(spec: StudySpec, setting: str) -> Any:
    value: Any = spec.as_dict()
    for name in setting.split("."):
        if not isinstance(value, Mapping) or name not in value:
            raise SpecError(f"the grid varies {setting!r}, which is no field of a study; such as dsa.rank.")
        value = value[name]
    return value


def _replace(spec: StudySpec, setting: str, value: Any) -> StudySpec:
    raw = spec.as_dict()
    replace_field(raw, setting, value)
    if setting == "dissimilarity":  # options are those of the study's own
        raw |= {"dissimilarity_options": {}}
    return parse_spec(raw)


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
