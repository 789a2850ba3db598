"""From what the options say of workers to an engine."""

from __future__ import annotations

from collections.abc import Iterable

import yaml

from dynashape.engine import Engine, open_engine
from dynashape.errors import EngineError


def open_chosen_engine(kind: str, n_workers: int | None, slurm_options: Iterable[str]) -> Engine:
    """Open the engine that the options ask for; each of `slurm_options` is NAME=VALUE."""
    options: dict[str, object] = {}
    for option in slurm_options:
        name, equals, text = option.partition("=")
        if not equals:
            raise EngineError(f"--slurm takes name=value, such as queue=short; got {option!r}.")
        options[name] = yaml.safe_load(text)
    if options and kind != "slurm":
        raise EngineError(f"--slurm options go with --engine slurm; got --engine {kind}.")
    return open_engine(kind, n_workers, **options)
