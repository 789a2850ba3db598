"""A study's tables made from nothing, in the shapes and sizes that a real one has."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from dynashape.distances import Distances

ARCHITECTURES = ("V-RNN", "GRU", "LSTM")
TASKS = ("CDM", "GNG", "DC", "PR")
PHASES = ("fixation", "stimulus", "delay", "decision")
PAIRS = (("CDM", "PR"), ("CDM", "DC"), ("CDM", "GNG"), ("DC", "PR"), ("DC", "GNG"), ("PR", "GNG"))
SEEDS = tuple(range(5))
CONDITIONS = {1: ("untrained", "trained"), 2: ("trained", "noise")}
SECOND = {1: "training", 2: "input"}
STEPS = {phase: (24 * i, 24 * (i + 1)) for i, phase in enumerate(PHASES)}
# Distance between conditions and between tasks in each phase: the input matters most where there is some.
TASK_PULL = {"fixation": 0.25, "stimulus": 0.8, "delay": 0.45, "decision": 0.5}
SECOND_PULL = {1: {"fixation": 0.5, "stimulus": 0.25, "delay": 0.4, "decision": 0.35}, 2: dict.fromkeys(PHASES, 1.0)}


def networks() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    ceilings = {"CDM": 0.93, "GNG": 0.985, "DC": 0.96, "PR": 0.915}
    rows = []
    for architecture in ARCHITECTURES:
        for task in TASKS:
            for seed in SEEDS:
                failed = architecture == "LSTM" and task == "CDM" and seed == 3
                accuracy = ceilings[task] * (0.61 if failed else rng.uniform(0.96, 1.0))
                rows.append(
                    {
                        "architecture": architecture,
                        "task": task,
                        "seed": seed,
                        "updates": 3000 if failed else int(rng.integers(3, 20)) * 125,
                        "accuracy": accuracy,
                        "ceiling": ceilings[task],
                        "fixation": 0.999,
                        "reached": not failed,
                        "status": "not_reached" if failed else "ok",
                        "message": "accuracy 0.57 of a possible 0.93; raise training.max_updates" if failed else "",
                    }
                )
    return pd.DataFrame(rows)


def embeddings() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    rows = []
    for analysis in (1, 2):
        for architecture in ARCHITECTURES:
            for phase in PHASES:
                for task_a, task_b in PAIRS:
                    stress = float(rng.uniform(0.05, 0.25))
                    angle = rng.uniform(0, np.pi)
                    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
                    for i, task in enumerate((task_a, task_b)):
                        for j, condition in enumerate(CONDITIONS[analysis]):
                            centre = np.array([(i - 0.5) * TASK_PULL[phase], (j - 0.5) * SECOND_PULL[analysis][phase]])
                            for seed in SEEDS:
                                x, y = turn @ (centre + rng.normal(0, 0.14, 2))
                                rows.append(
                                    {
                                        "analysis": analysis,
                                        "architecture": architecture,
                                        "phase": phase,
                                        "task_a": task_a,
                                        "task_b": task_b,
                                        "x": x,
                                        "y": y,
                                        "task": task,
                                        "condition": condition,
                                        "seed": seed,
                                        "stress": stress,
                                    }
                                )
    return pd.DataFrame(rows)


def separability(full: bool = True) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = []
    for analysis in (1, 2):
        for architecture in ARCHITECTURES:
            for phase in PHASES:
                for task_a, task_b in PAIRS:
                    for labelling in ("task", SECOND[analysis]):
                        pull = TASK_PULL[phase] if labelling == "task" else SECOND_PULL[analysis][phase]
                        accuracy = np.round(np.clip(0.55 + 0.55 * pull + rng.normal(0, 0.07), 0.5, 1.0) * 20) / 20
                        p_value = float(np.clip(np.exp(-14 * (accuracy - 0.63)), 1 / 252, 1.0))
                        row = {
                            "analysis": analysis,
                            "architecture": architecture,
                            "phase": phase,
                            "task_a": task_a,
                            "task_b": task_b,
                            "labelling": labelling,
                            "accuracy": accuracy,
                            "chance": 0.63 + rng.normal(0, 0.01),
                            "p_value": p_value,
                            "n_systems": 20,
                        }
                        if full:
                            share = float(np.clip(0.6 * pull + rng.normal(0, 0.05), 0.01, 0.97))
                            row |= {
                                "q_value": min(1.0, p_value * 1.6),
                                "share": share,
                                "share_low": max(0.0, share - 0.12),
                                "share_high": min(1.0, share + 0.11),
                                "held_out": accuracy - 0.06,
                                "omega_squared": share * 0.9,
                                "silhouette": share - 0.1,
                                "stress": float(rng.uniform(0.05, 0.25)),
                            }
                        rows.append(row)
    return pd.DataFrame(rows)


def learning() -> pd.DataFrame:
    """Shares that grow towards those of the final networks; by the last update every network is done."""
    final = separability()
    updates = (1, 3, 9, 26, 77, 228, 675)
    tables = [
        final.assign(
            updates=update,
            omega_squared=final["omega_squared"] * (number + 1) / len(updates),
            n_networks=10,
            n_done=10 if update == updates[-1] else number,
        )
        for number, update in enumerate(updates)
    ]
    table = pd.concat([*tables, final.assign(updates=pd.NA, n_networks=10, n_done=10)], ignore_index=True)
    return table.astype({"updates": "Int64"})


def meta() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(4)
    rows = []
    for analysis in (1, 2):
        for architecture in ARCHITECTURES:
            for phase in PHASES:
                for task_a, task_b in PAIRS:
                    centre = np.array(
                        [0.5 if analysis == 2 else -0.2, 1.4 * (TASK_PULL[phase] - 0.5) * (analysis == 1)]
                    )
                    x, y = centre + rng.normal(0, [0.1, 0.13])
                    group = 0 if analysis == 2 else 1 + int(phase == "stimulus")
                    rows.append(
                        {
                            "analysis": analysis,
                            "architecture": architecture,
                            "phase": phase,
                            "task_a": task_a,
                            "task_b": task_b,
                            "x": x,
                            "y": y,
                            "group": group,
                        }
                    )
    explained = pd.DataFrame(
        {
            "factor": ["analysis", "phase", "task_pair", "architecture"],
            "share": [0.58, 0.21, 0.06, 0.02],
            "p_value": [0.0002, 0.0002, 0.11, 0.48],
            "share_low": [0.5, 0.15, 0.03, 0.0],
            "share_high": [0.64, 0.28, 0.1, 0.05],
        }
    )
    return pd.DataFrame(rows), explained


def distances() -> dict[tuple[str, str], Distances]:
    rng = np.random.default_rng(5)
    systems = pd.DataFrame(
        [
            {"task": task, "condition": condition, "seed": seed}
            for condition in ("untrained", "trained", "noise")
            for seed in SEEDS
            for task in TASKS
        ]
    )
    labels = {name: systems[name].to_numpy() for name in systems}
    result = {}
    for architecture in ARCHITECTURES:
        for phase in PHASES:
            places = rng.normal(0, 0.25, (len(systems), 6))
            for axis, task in enumerate(TASKS):
                places[systems["task"] == task, axis] += 0.8 * TASK_PULL[phase]
            places[systems["condition"] == "noise", 4] += 1.1
            places[systems["condition"] == "untrained", 5] += SECOND_PULL[1][phase]
            gaps = np.sqrt(((places[:, None] - places[None]) ** 2).sum(-1))
            square = 0.9 * gaps / gaps.max()
            if architecture == "LSTM" and phase == "delay":
                lost = systems.index[(systems["task"] == "CDM") & (systems["seed"] == 3)][0]
                square[lost, :] = square[:, lost] = np.nan
                square[lost, lost] = 0.0
            result[architecture, phase] = Distances(square, labels)
    return result


def task_samples() -> list[dict[str, object]]:
    rng = np.random.default_rng(6)
    n_steps, samples = 96, []
    base = {"phases": STEPS, "dt_ms": 20}

    def blank(n: int) -> np.ndarray:
        inputs = np.zeros((n_steps, n))
        inputs[:72, 0] = 1.0
        return inputs + rng.normal(0, 0.05, inputs.shape)

    def target(choice: int, start: int = 72) -> np.ndarray:
        steps = np.zeros(n_steps, dtype=int)
        steps[start:] = choice
        return steps

    cdm = blank(7)
    cdm[24:48, 1:5] += np.array([0.6, 0.4, 0.35, 0.65]) + rng.normal(0, 0.2, (24, 4))
    cdm[:, 5] += 1.0
    names = (
        "fixation",
        "modality 1 left",
        "modality 1 right",
        "modality 2 left",
        "modality 2 right",
        "context 1",
        "context 2",
    )
    text = "Judge the evidence of the modality that the context names, ignore the other."
    samples.append(
        base
        | {
            "name": "CDM",
            "input_names": names,
            "inputs": cdm,
            "target": target(1),
            "response_window": (72, 96),
            "description": text,
        }
    )
    gng = blank(3)
    gng[24:48, 2] += 1.0
    text = "Respond after a go cue, keep still after a no-go cue."
    samples.append(
        base
        | {
            "name": "GNG",
            "input_names": ("fixation", "no-go", "go"),
            "inputs": gng,
            "target": target(1),
            "response_window": (72, 96),
            "description": text,
        }
    )
    dc = blank(2)
    dc[24:48, 1] += 0.7 + rng.normal(0, 0.1, 24)
    dc[72:84, 1] += 0.3 + rng.normal(0, 0.1, 12)
    text = "Hold the first stimulus over the delay, say which of the two was larger."
    samples.append(
        base
        | {
            "name": "DC",
            "input_names": ("fixation", "stimulus"),
            "inputs": dc,
            "target": target(2, 84),
            "response_window": (84, 96),
            "description": text,
        }
    )
    pr = blank(41)
    for quarter in range(4):
        for place in range(quarter + 1):
            pr[24 + 6 * quarter : 48, 1 + 10 * place + (3 * place + 2) % 10] = 1.0
    names = ("fixation", *(f"place {place} shape {shape}" for place in range(4) for shape in range(10)))
    text = "Add up the evidence of four shapes that appear one after the other."
    samples.append(
        base
        | {
            "name": "PR",
            "input_names": names,
            "inputs": pr,
            "target": target(2),
            "response_window": (72, 96),
            "description": text,
        }
    )
    return samples


def curves() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    rows = []
    for network in networks().itertuples():
        start = 0.5 if network.task != "GNG" else 0.6
        for updates in range(0, int(network.updates) + 1, 125):
            progress = 1 / (1 + np.exp(-(updates - 0.45 * network.updates) / (0.09 * network.updates)))
            accuracy = start + (network.accuracy - start) * progress + rng.normal(0, 0.01)
            rows.append(
                {
                    "architecture": network.architecture,
                    "task": network.task,
                    "seed": network.seed,
                    "updates": updates,
                    "loss": 0.7 * (1 - 0.8 * progress),
                    "accuracy": float(min(accuracy, network.ceiling)),
                    "ceiling": network.ceiling,
                    "fixation": 0.4 + 0.599 * progress,
                }
            )
    return pd.DataFrame(rows)


def trajectories() -> tuple[dict[tuple[str, str], np.ndarray], dict[tuple[str, str], np.ndarray]]:
    rng = np.random.default_rng(8)
    paths, choices = {}, {}
    time = np.linspace(0, 1, 96)
    for task in ("CDM", "PR"):
        for condition in ("untrained", "trained", "noise"):
            choice = np.arange(16) % 2
            sign = 2.0 * choice[:, None] - 1
            noise = np.cumsum(rng.normal(0, 0.03, (16, 96, 2)), axis=1)
            gain = {"untrained": 0.15, "trained": 1.0, "noise": 0.0}[condition]
            x = np.sin(2.2 * time)[None] * (1.0 if task == "CDM" else 0.6) * (condition != "noise") + noise[..., 0]
            y = gain * sign * np.clip(time - 0.25, 0, 0.5)[None] * (1.6 if task == "CDM" else 1.0) + noise[..., 1]
            paths[task, condition] = np.stack([x, y], axis=-1)
            choices[task, condition] = choice
    return paths, choices


def pairs_of_tasks() -> list[tuple[str, str]]:
    return list(combinations(TASKS, 2))


def variance_shares() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(9)
    rows = []
    for architecture in ARCHITECTURES:
        for phase in PHASES:
            pulls = {"task": TASK_PULL[phase], "training": SECOND_PULL[1][phase], "input": 0.9}
            for labelling, pull in pulls.items():
                share = float(np.clip(0.6 * pull + rng.normal(0, 0.03), 0, 1))
                rows.append(
                    {
                        "architecture": architecture,
                        "phase": phase,
                        "labelling": labelling,
                        "share": share,
                        "share_low": max(0.0, share - 0.08),
                        "share_high": min(1.0, share + 0.07),
                    }
                )
    pooled = pd.DataFrame(
        {
            "contrast": ["input - training", "task - training", "input - task"],
            "estimate": [0.31, 0.08, 0.23],
            "low": [0.22, -0.03, 0.12],
            "high": [0.40, 0.19, 0.35],
        }
    )
    return pd.DataFrame(rows), pooled


def several_studies(names: tuple[str, ...] = ("paper", "rank 8")) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(14)
    shares, pooled = variance_shares()
    task = shares[shares["labelling"] == "task"]
    analyses = [1 if labelling != "input" else 2 for labelling in shares["labelling"]]
    both = pd.concat([shares.assign(analysis=analyses), task.assign(analysis=2)], ignore_index=True)
    columns = ["share", "share_low", "share_high"]
    moved = [both.assign(study=name) for name in names]
    for table in moved[1:]:
        table[columns] += rng.normal(0, 0.05, len(table))[:, None]
    shifts = [pooled.assign(study=name) for name in names]
    for place, table in enumerate(shifts):
        table[["estimate", "low", "high"]] -= 0.07 * place
    return pd.concat(moved, ignore_index=True), pd.concat(shifts, ignore_index=True)


def responses() -> pd.DataFrame:
    rng = np.random.default_rng(10)
    rows = []
    scales = {"CDM": 6.0, "DC": 0.08, "PR": 0.9}
    for task, scale in scales.items():
        for architecture in ARCHITECTURES:
            for seed in SEEDS:
                slope = rng.uniform(0.7, 1.0)
                for step in np.linspace(-3, 3, 9):
                    rate = 1 / (1 + np.exp(-1.7 * slope * step))
                    rows.append(
                        {
                            "architecture": architecture,
                            "task": task,
                            "seed": seed,
                            "evidence": step * scale,
                            "rate": float(np.clip(rate + rng.normal(0, 0.02), 0, 1)),
                            "ideal": float(1 / (1 + np.exp(-1.7 * step))),
                        }
                    )
    return pd.DataFrame(rows)


def power() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables of planned seeds: chances in single comparisons, and of the pooled verdict."""
    numbers, seeds = np.array([2, 3, 5, 10, 20]), np.array([3, 5, 10, 20])
    common = {"error": 0.02, "target": 0.8, "n_studies": 400, "seed": 0}
    single = [
        {"term": term, "found": 0.2, "share": share, "alpha": 0.05, "n_seeds": n, **common, "needed": needed}
        | {"power": float(np.clip(share * n / 2 - 0.2, 0, 1))}
        for term, needed in (("task", 5), ("training", 10), ("input", pd.NA))
        for share in (0.1, 0.2, 0.4)
        for n in numbers.tolist()
    ]
    verdicts = []
    for difference, measured in ((0.0, False), (0.2, False), (-0.1, False), (0.13, True)):
        for n in seeds.tolist():
            chance = float(np.clip(abs(difference) * (2 + n / 10), 0.025, 1))
            first, second = (chance, 0.0) if difference > 0 else (0.0, chance) if difference else (0.025, 0.025)
            neither = 1.0 - first - second
            right = first if difference > 0 else second if difference else neither
            said = {"input_dominates": first, "training_dominates": second, "cannot_be_told": neither, "right": right}
            names = {"contrast": "input - training", "difference": difference, "measured": measured, "n_seeds": n}
            spread = {"cell_spread": 0.1, "pair_spread": 0.2, "needed": 10 if difference > 0.1 else pd.NA}
            verdicts.append({**names, **said, **common, **spread, "limit": 0.95 if difference != 0.13 else 0.7})
    tables = pd.DataFrame(single), pd.DataFrame(verdicts)
    return tables[0].astype({"needed": "Int64"}), tables[1].astype({"needed": "Int64"})


def sensitivity() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    tried = {
        "dsa.n_delays": [2, 4, 6, 8, 10],
        "dsa.rank": [5, 10, 15, 20, 30],
        "MDS dimensions": [1, 2, 3, 4],
        "activity.noise": ["gaussian", "variance_matched", "phase_randomised", "trial_shuffled", "zero"],
    }
    own = {"dsa.n_delays": 6, "dsa.rank": 15, "MDS dimensions": 2, "activity.noise": "gaussian"}
    rows = []
    for contrast, middle in (("input - training", 0.3), ("task - training", 0.05)):
        for setting, values in tried.items():
            for value in values:
                estimate = middle + rng.normal(0, 0.05)
                low, high = estimate - 0.09, estimate + 0.09
                names = contrast.split(" - ")
                verdict = (
                    f"{names[0]} dominates" if low > 0 else f"{names[1]} dominates" if high < 0 else "cannot be told"
                )
                rows.append(
                    {
                        "contrast": contrast,
                        "setting": setting,
                        "value": value,
                        "estimate": estimate,
                        "low": low,
                        "high": high,
                        "verdict": verdict,
                        "chosen": value == own[setting],
                    }
                )
    return pd.DataFrame(rows)


def eigenvalues() -> pd.DataFrame:
    rng = np.random.default_rng(12)
    rows = []
    for architecture in ARCHITECTURES:
        for phase in PHASES:
            for condition, turn in (("untrained", 0.35), ("trained", 0.2), ("noise", 0.9)):
                for _ in range(20):
                    radius = np.clip(rng.beta(6, 1.6, 8), 0, 1.02)
                    angle = np.abs(rng.normal(0, turn, 8)) * (rng.random(8) > 0.3)
                    for r, a in zip(radius, angle, strict=True):
                        rows.append(
                            {
                                "architecture": architecture,
                                "phase": phase,
                                "condition": condition,
                                "real": r * np.cos(a),
                                "imag": r * np.sin(a),
                            }
                        )
    return pd.DataFrame(rows)
