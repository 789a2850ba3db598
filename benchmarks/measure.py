"""Which delays and rank three criteria choose, and how well the distances tell apart what differs.

    OMP_NUM_THREADS=1 python benchmarks/measure.py [--study runs/paper] [--json FILE] [--markdown FILE] [--figure FILE]

Systems whose relation is known (examples/known_systems.py), and the networks of a finished study. AUC is the
probability that a pair that should be far is farther apart than one that should be near: for the networks of a study,
networks of different tasks (half of the units of one against half of the other's) against two halves of one network's
units.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dynashape.dissimilarity import align_all, fit_operator, select_delays_and_rank
from dynashape.seeds import stream

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))
import known_systems

CRITERIA = ("reliability", "gap", "prediction")
DELAYS, RANKS = (1, 2, 4, 6, 10), tuple(range(2, 13))
SETTINGS: tuple[tuple[str, int, float | tuple[float, ...]], ...] = (
    ("30 units, no noise", 30, 0.0),
    ("30 units, noise .1", 30, 0.1),
    ("30 units, noise .3", 30, 0.3),
    ("30 units, noise 1", 30, 1.0),
    ("100 units, noise .3", 100, 0.3),
    ("8 units, noise .3", 8, 0.3),
    ("30 units, noise .1, .5 and 1.5", 30, (0.1, 0.5, 1.5)),
)


@dataclass(frozen=True)
class Case:
    """Systems to choose for, and pairs that should be near and far; with `halves`, of halves of their units."""

    group: str
    name: str
    systems: list[np.ndarray]
    near: np.ndarray
    far: np.ndarray
    halves: bool = False
    delays: tuple[int, ...] = DELAYS


def labelled(group: str, name: str, systems: list[np.ndarray], labels: np.ndarray, **options: Any) -> Case:
    pairs = np.stack(np.triu_indices(len(systems), 1), axis=1)
    same = labels[pairs[:, 0]] == labels[pairs[:, 1]]
    return Case(group, name, systems, pairs[same], pairs[~same], **options)


def cases(study: Path | None) -> Iterator[Case]:
    for name, n_units, noise in SETTINGS:
        for near in (False, True):
            made = known_systems.latent(0, n_units, noise, near=near)
            yield labelled("latent, one frequency" if near else "latent", name, *made)
    yield labelled("published", "three attractors", *known_systems.attractors(), delays=(*DELAYS, 20))
    yield labelled("published", "ring through nonlinearities, and a line", *known_systems.rings())
    yield labelled("published", "Lorenz, five regimes", *known_systems.lorenz(10), delays=(*DELAYS, 20, 35, 70))
    activities, _, trained = known_systems.flip_flops()
    for name, centred in (("flip-flop", False), ("flip-flop, centred", True)):
        seen = [x - x.mean(axis=(0, 1)) if centred else x for x in activities]
        at = np.flatnonzero(trained)
        before = np.flatnonzero(~np.array(trained))
        pairs = np.stack(np.triu_indices(len(at), 1), axis=1)
        far = np.array([(i, j) for i in at for j in before])
        yield Case("published", name, seen, at[pairs], far)
    if study is not None:
        yield from networks(study)


def networks(study: Path) -> Iterator[Case]:
    """The trained networks of a study by their own input: one case for each architecture and phase."""
    from dynashape.records import Condition
    from dynashape.study.found.folder import open_study

    plan, read = open_study(study)
    cells: dict[tuple[str, str], list[tuple[str, np.ndarray]]] = {}
    for record in plan.records:
        for system, found in read(record).items():
            if system == record.system(system.seed, Condition.TRAINED) and found.status.ok:
                for phase, (start, stop) in record.train.timing.phases.items():
                    cell = cells.setdefault((system.architecture, phase), [])
                    cell.append((record.train.task.name, found.activity[:, start:stop]))
    for (architecture, phase), members in cells.items():
        tasks = np.array([task for task, _ in members])
        i, j = np.triu_indices(len(members), 1)
        differ = tasks[i] != tasks[j]
        near = np.stack([2 * np.arange(len(members)), 2 * np.arange(len(members)) + 1], axis=1)
        far = np.stack([2 * i[differ], 2 * j[differ] + 1], axis=1)
        systems = [activity for _, activity in members]
        yield Case("networks", f"{architecture}, {phase}", systems, near, far, halves=True)


def tell_apart(case: Case, n_delays: int, rank: int) -> float:
    """The area under the curve of far against near pairs."""
    compared = case.systems
    if case.halves:
        compared = []
        for k, system in enumerate(case.systems):
            order = stream("benchmark", k).permutation(system.shape[-1])
            compared += [system[..., order[::2]], system[..., order[1::2]]]
    operators = [fit_operator(system, n_delays, rank) for system in compared]
    if not all(operator.status.ok for operator in operators):
        return float("nan")
    values = align_all(operators, np.concatenate([case.near, case.far])).values
    near, far = values[: len(case.near), None], values[len(case.near) :]
    return float((far > near).mean() + 0.5 * (far == near).mean())


def measure(case: Case) -> dict[str, Any]:
    row: dict[str, Any] = {"group": case.group, "name": case.name}
    for criterion in CRITERIA:
        # The default, which takes the gap where systems cannot be halved.
        asked = None if criterion == CRITERIA[0] else criterion
        chosen = select_delays_and_rank(case.systems, case.delays, RANKS, criterion=asked)
        row[criterion] = {
            "n_delays": chosen.n_delays,
            "rank": chosen.rank,
            "gap": chosen.chosen.gap,
            "doubts": chosen.status.message,
            "auc": tell_apart(case, chosen.n_delays, chosen.rank),
        }
        found = chosen.candidates
    areas = [tell_apart(case, each.n_delays, each.rank) for each in found if each.n_delays in (1, 4, 10)]
    row["best"] = float(np.nanmax([*areas, *(row[criterion]["auc"] for criterion in CRITERIA)]))
    return row


def summarise(rows: list[dict[str, Any]]) -> str:
    """A Markdown table: the mean over repeats of each case, and of each group."""
    lines = ["| systems | reliability | gap | prediction | best of all |", "|---|---|---|---|---|"]
    for group in dict.fromkeys(row["group"] for row in rows):
        own = [row for row in rows if row["group"] == group]
        for name in dict.fromkeys(row["name"] for row in own):
            repeats = [row for row in own if row["name"] == name]
            parts = []
            for criterion in CRITERIA:
                choices = ", ".join(
                    sorted({f"{row[criterion]['n_delays']} x {row[criterion]['rank']}" for row in repeats})
                )
                parts.append(f"{np.mean([row[criterion]['auc'] for row in repeats]):.2f} ({choices})")
            parts.append(f"{np.mean([row['best'] for row in repeats]):.2f}")
            lines.append(f"| {group}: {name} | {' | '.join(parts)} |")
        means = [np.mean([row[criterion]["auc"] for row in own]) for criterion in CRITERIA]
        lines.append(f"| **{group}, mean** | {' | '.join(f'**{mean:.3f}**' for mean in means)} | |")
    return "\n".join(lines)


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    groups = list(dict.fromkeys(row["group"] for row in rows))
    figure, axes = plt.subplots(1, len(groups), figsize=(3 * len(groups), 3), sharey=True, layout="constrained")
    for axis, group in zip(np.atleast_1d(axes), groups, strict=True):
        own = [row for row in rows if row["group"] == group]
        values = np.array([[row[criterion]["auc"] for criterion in CRITERIA] for row in own])
        axis.plot(range(3), values.T, color="0.75", linewidth=0.8)
        axis.plot(range(3), values.mean(axis=0), color="black", marker="o")
        axis.axhline(0.5, color="0.5", linewidth=0.8, linestyle=":")
        axis.set(title=group, xticks=range(3), xticklabels=CRITERIA, ylim=(0.35, 1.03), xlim=(-0.3, 2.3))
        axis.spines[["top", "right"]].set_visible(False)
    np.atleast_1d(axes)[0].set_ylabel("AUC: far against near")
    figure.savefig(path, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--study", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    rows = []
    for case in cases(given.study):
        rows.append(measure(case))
        print(rows[-1]["group"], rows[-1]["name"], *(f"{c} {rows[-1][c]['auc']:.2f}" for c in CRITERIA), flush=True)
        if given.json is not None:
            given.json.write_text(json.dumps(rows, indent=1))
    table = summarise(rows)
    print(table)
    if given.markdown is not None:
        given.markdown.write_text(table + "\n")
    if given.figure is not None:
        draw(rows, given.figure)


if __name__ == "__main__":
    main()
