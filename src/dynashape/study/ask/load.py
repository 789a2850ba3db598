"""From a preset's name or a YAML file, and overrides, to a validated specification; every fault in one clear error."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from dynashape.errors import SpecError, unknown_name
from dynashape.study.ask.spec import StudySpec


def presets() -> dict[str, str]:
    """List the presets that come with the package.

    Returns
    -------
    dict of str to str
        What each preset is for, by its name.

    Examples
    --------
    >>> list(presets())
    ['smoke', 'quick', 'paper']
    """
    folder = resources.files("dynashape.study.ask").joinpath("presets")
    files = {entry.name.removesuffix(".yaml"): entry for entry in folder.iterdir() if entry.name.endswith(".yaml")}
    by_size = [name for name in ("smoke", "quick", "paper") if name in files]
    names = [*by_size, *sorted({*files} - {*by_size})]
    return {name: files[name].read_text().splitlines()[0].lstrip("# ").strip() for name in names}


def load_spec(preset_or_yaml: str | Path, overrides: Iterable[str] = ()) -> StudySpec:
    """Load the specification of a study.

    Parameters
    ----------
    preset_or_yaml : str or Path
        The name of a preset, or a YAML file. The file holds only what differs: its line `preset: quick` names the
        preset that the rest comes from; without this line the rest comes from the defaults, those of the paper preset.
    overrides : iterable of str, optional
        Texts `field=value`, such as ``"dsa.rank=8"``, with which single fields are replaced.

    Returns
    -------
    StudySpec
        The specification, validated.

    Raises
    ------
    SpecError
        With one line for each fault.

    Examples
    --------
    >>> load_spec("quick", ["dsa.rank=8"]).dsa.rank
    8
    """
    raw = _read(preset_or_yaml)
    for override in overrides:
        _override(raw, override)
    spec = parse_spec(raw)
    # Foreign environments are built only here, not whenever a study's folder is read: importing NeuroGym takes seconds.
    for task in spec.tasks:
        if task.environment is not None:
            task.build(spec.timing, spec.input_noise)
    return spec


def parse_spec(raw: Mapping[str, object]) -> StudySpec:
    """A specification from plain values; raises SpecError with one line for each fault."""
    faults = list(_misspelt(raw, StudySpec))
    if faults:
        raise SpecError("\n".join(faults))
    try:
        return StudySpec.model_validate(raw)
    except ValidationError as error:
        raise SpecError("\n".join(_sentence(fault) for fault in error.errors())) from None


def to_yaml(spec: StudySpec) -> str:
    """The resolved specification as YAML, as it is kept beside the results."""
    return yaml.safe_dump(spec.as_dict(), sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)


def read_resolved(path: Path) -> StudySpec:
    """The specification that a finished or interrupted study left in its folder."""
    return parse_spec(read_mapping(path.read_text(), str(path)))


def _read(preset_or_yaml: str | Path) -> dict[str, object]:
    name = str(preset_or_yaml)
    if name in presets():
        text = resources.files("dynashape.study.ask").joinpath("presets", f"{name}.yaml").read_text()
        return read_mapping(text, f"preset {name}")
    path = Path(preset_or_yaml)
    if not path.is_file():
        if path.suffix in {".yaml", ".yml"}:
            raise SpecError(f"no file {name!r}; give a preset ({', '.join(presets())}) or a YAML file that exists.")
        raise SpecError(f"{unknown_name('preset', name, presets())} Or give a YAML file.")
    raw = read_mapping(path.read_text(), name)
    base = raw.pop("preset", None)
    return raw if base is None else _merge(_read(str(base)), raw)


def read_mapping(text: str, where: str) -> dict[str, object]:
    """The fields that a YAML text holds; SpecError where it holds anything else."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SpecError(f"{where} is not valid YAML: {' '.join(str(error).split())}") from None
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise SpecError(f"{where} must hold `field: value` lines; got a {type(raw).__name__}.")
    return raw


def _merge(base: dict[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in top.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _override(raw: dict[str, object], override: str) -> None:
    name, equals, text = override.partition("=")
    if not equals or not name.strip():
        raise SpecError(f"--set takes field=value, such as dsa.rank=10; got {override!r}.")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        raise SpecError(f"--set {name}: {text!r} is not a YAML value.") from None
    replace_field(raw, name.strip(), value)


def replace_field(raw: dict[str, object], name: str, value: object) -> None:
    """Put a value into plain values at a dotted name; SpecError where a part of the name is no group of fields."""
    *groups, last = name.split(".")
    for group in groups:
        inner = raw.setdefault(group, {})
        if not isinstance(inner, dict):
            raise SpecError(f"--set {name}: {group!r} is a value, not a group of fields.")
        raw = inner
    raw[last] = value


def _fields(kind: Any) -> dict[str, object] | None:
    """Field names and types of a model or dataclass (also inside Annotated, tuples and optionals), else None."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    if dataclasses.is_dataclass(kind):
        return {field.name: field.type for field in dataclasses.fields(kind)}
    return next((known for inner in get_args(kind) if (known := _fields(inner)) is not None), None)


def _misspelt(raw: Any, kind: Any, at: str = "") -> Iterable[str]:
    fields = _fields(kind)
    if fields is None:
        return
    if isinstance(raw, (list, tuple)):
        for number, item in enumerate(raw):
            yield from _misspelt(item, kind, f"{at.removesuffix('.')}[{number}].")
    elif isinstance(raw, Mapping):
        for key, value in raw.items():
            if key in fields:
                yield from _misspelt(value, fields[key], f"{at}{key}.")
            else:
                near = get_close_matches(str(key), list(fields), n=1, cutoff=0.5)
                hint = f"did you mean {at}{near[0]}?" if near else f"Known here: {', '.join(fields)}."
                yield f"unknown field {at}{key}; {hint}"


def _sentence(fault: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    what = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "value_error":
        return f"{where}: {what}" if where else what
    return f"{where}: {what[0].lower()}{what[1:]}; got {fault['input']!r}."
