"""Networks as tables: how training went, how it went on the way, and choices against evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from dynashape.training import TrainedNetwork
from dynashape.training.examined import Examined


def tabulate_networks(
    networks: Iterable[TrainedNetwork], examined: Mapping[tuple[str, str, int], Examined]
) -> pd.DataFrame:
    """One row a network: how training went, and sizes after and before it where the network was examined."""
    rows: list[dict[str, Any]] = []
    for network in networks:
        row = {
            **_network(network),
            **{name: getattr(network, name) for name in ("updates", "accuracy", "ceiling", "fixation", "reached")},
            "status": str(network.status.code),
            "message": network.status.message,
        }
        found = examined.get((network.architecture, network.task, network.seed))
        if found is not None:
            row |= asdict(found.trained)
            row |= {f"untrained_{name}": value for name, value in asdict(found.untrained).items()}
        rows.append(row)
    return pd.DataFrame(rows)


def tabulate_training(networks: Iterable[TrainedNetwork]) -> pd.DataFrame:
    """One row a network and evaluation: loss, accuracy, fixation, ceiling and activity after so many updates."""
    return pd.DataFrame([{**_network(network), **asdict(point)} for network in networks for point in network.curve])


def _network(network: TrainedNetwork) -> dict[str, str | int]:
    return {"architecture": network.architecture, "task": network.task, "seed": network.seed}


def tabulate_psychometric(examined: Mapping[tuple[str, str, int], Examined]) -> pd.DataFrame:
    """One row a network and strength of evidence: how often the last action was chosen, and should have been."""
    rows = [
        {"architecture": architecture, "task": task, "seed": seed, **asdict(part)}
        for (architecture, task, seed), found in examined.items()
        for part in found.psychometric
    ]
    table = pd.DataFrame(rows)
    return table.astype({"context": "Int64", "ideal": "float64"}) if rows else table
