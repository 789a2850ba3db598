"""The method in words, written from the study's resolved specification: what was done is what was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import jinja2

from dynashape.dissimilarity import DsaDistance, Operator, find_dissimilarity
from dynashape.errors import InputError
from dynashape.inference.study.choice import Choice
from dynashape.records import ANALYSES, ARCHITECTURE_ORDER
from dynashape.report.elements import MethodsSection
from dynashape.tasks import INPUT_CONDITION_DESCRIPTIONS


def describe_methods(
    spec: Mapping[str, object], n_pooled: int | None = None, selection: Choice | None = None
) -> tuple[MethodsSection, ...]:
    """Say in words what was done in a study.

    Parameters
    ----------
    spec : mapping
        The resolved specification as plain values, with every field.
    n_pooled : int, optional
        The number of trials from which the training batches of other environments were drawn. None where every batch
        was sampled anew.
    selection : Choice, optional
        The delays and rank that were chosen, where the specification leaves them open.

    Returns
    -------
    tuple of MethodsSection
        The sections, in the order in which a study goes.

    Raises
    ------
    InputError
        Where the specification lacks a field.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("dynashape.report", "templates"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_plainly,
    )
    environment.filters["listed"] = _listed
    try:
        text = environment.get_template("methods.txt.j2").render(
            **spec, **_facts(spec), n_pooled=n_pooled, selection=selection
        )
    except (jinja2.UndefinedError, KeyError) as error:
        raise InputError(f"describe_methods needs every field of a resolved specification; {error}.") from None
    sections = []
    for section in f"\n{text}".split("\n# ")[1:]:
        title, *paragraphs = (" ".join(part.split()) for part in section.split("\n\n"))
        sections.append(MethodsSection(title, tuple(paragraph for paragraph in paragraphs if paragraph)))
    return tuple(sections)


def list_parameters(spec: Mapping[str, object], at: str = "") -> list[tuple[str, str]]:
    """Every field of the specification as (dotted name, value), in the order of the specification.

    >>> list_parameters({"dsa": {"rank": 15}, "seeds": [0, 1], "name": "x"})
    [('dsa.rank', '15'), ('seeds', '0, 1'), ('name', 'x')]
    """
    found: list[tuple[str, str]] = []
    for key, value in spec.items():
        if isinstance(value, Mapping) and value:
            found += list_parameters(value, f"{at}{key}.")
        else:
            found.append((f"{at}{key}", _plainly(value)))
    return found


def _facts(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What the template says that is no field of the specification, but follows from it."""
    tasks, noise, kind = spec["tasks"], spec["activity"]["noise"], find_dissimilarity(spec["dissimilarity"])
    described = INPUT_CONDITION_DESCRIPTIONS.get(noise, "")
    published = set(spec["architectures"]) <= set(ARCHITECTURE_ORDER)
    n_pairs = len(tasks) * (len(tasks) - 1) // 2
    return {
        "task_names": [
            f"{task['name']} ({task['environment']})" if task["environment"] else task["name"] for task in tasks
        ],
        "relu": published and not spec["networks"]["options"],
        "noise_words": described[:1].lower() + described[1:],
        "open_numbers": [
            words for name, words in (("n_delays", "delays"), ("rank", "rank")) if spec["dsa"][name] == "auto"
        ],
        "operators": kind.summary is Operator,
        "aligned": issubclass(kind, DsaDistance),
        "dissimilarity_words": kind.description or kind.words,
        "analyses": ANALYSES,
        "n_comparisons": len(ANALYSES) * n_pairs * len(spec["architectures"]) * len(spec["phases"]),
    }


def _listed(values: Iterable[Any]) -> str:
    *most, last = map(str, values)
    return f"{', '.join(most)} and {last}" if most else last


def _plainly(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {_plainly(entry)}" for key, entry in value.items()) or "none"
    if isinstance(value, list | tuple):
        if any(isinstance(entry, Mapping) for entry in value):
            return "; ".join(_plainly_named(entry) for entry in value)
        return ", ".join(_plainly(entry) for entry in value) or "none"
    return str(value)


def _plainly_named(entry: Any) -> str:
    """An entry of a list such as the tasks: its name, and in brackets whichever of its other fields are set."""
    if not isinstance(entry, Mapping) or "name" not in entry:
        return _plainly(entry)
    others = {key: value for key, value in entry.items() if key != "name" and value not in (None, {}, [], ())}
    return f"{entry['name']} ({_plainly(others)})" if others else str(entry["name"])
