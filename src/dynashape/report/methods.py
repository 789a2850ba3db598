"""The method in words, written from the study's resolved specification: what was done is what was asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dynashape.report.elements import MethodsSection

_FIELD = re.compile(r"\{([a-z_.]+)\}")

_NOISE_WORDS = {
    "gaussian": "independent Gaussian noise of standard deviation {activity.noise_sd}",
    "variance_matched": "Gaussian noise with the task input's variance in each channel",
    "phase_randomised": "the task input with the phases of its Fourier components drawn at random",
    "trial_shuffled": "the task input with its channels drawn from different trials",
    "zero": "no input at all",
}

_DISSIMILARITY_WORDS = {
    "dsa": "the angle between their operators, minimised over orthogonal changes of basis (rotations and reflections) "
    "from several structured starts (effort {dsa.effort}); it is zero for operators that differ only by such a change "
    "of basis",
    "spectral": "the 2-Wasserstein distance between the eigenvalues of their operators",
    "procrustes": "the angle between their activities, averaged over the trials of each right choice, after the best "
    "rotation of units; no operators enter it",
    "cka": "the arccos of linear centred kernel alignment between their activities, averaged over the trials of each "
    "right choice; no operators enter it",
}

# A sentence appears if the specification holds every field that it names.
_SECTIONS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    (
        "Tasks",
        (
            (
                "Networks were trained on {n_tasks} tasks: {task_names}.",
                "Every trial of every task had the same phases ({phases}), lasting {timing.fixation_ms} ms "
                "(fixation), {timing.stimulus_ms} ms (stimulus), {timing.delay_ms} ms (delay) and "
                "{timing.decision_ms} ms (decision) in steps of {timing.dt_ms} ms, in training and in testing "
                "alike.",
                "Gaussian noise of standard deviation {input_noise} was added to every input channel at every step.",
            ),
            ("Task parameters other than the defaults: {task_parameters}.",),
            (
                "Periods of other environments were laid over the phases: {task_periods}.",
                "They were sampled through NeuroGym. Training batches were drawn from 4096 such trials, with fresh "
                "input noise; evaluation and test trials were new.",
            ),
            ("Accuracy taken as attainable where no ideal observer is known: {task_ceilings}.",),
        ),
    ),
    (
        "Networks",
        (
            (
                "The architectures were {architectures}, each with {networks.n_units} recurrent units and a "
                "linear readout.",
                "{relu} took the place of tanh everywhere; the gates of gated cells stayed sigmoid.",
                "For each architecture and task, {n_seeds} networks were initialised from seeds {seeds}, which "
                "gives {n_networks} networks.",
            ),
            ("Options of the cells: {networks.options}.", "Cells of one's own: {networks.cells}."),
        ),
    ),
    (
        "Training",
        (
            (
                "All networks followed one protocol: cross-entropy against the right action at every step, "
                "minimised by Adam with learning rate {training.learning_rate} on batches of "
                "{training.batch_size} fresh trials, for at most {training.max_updates} updates.",
                "The learning rate rose over the first {training.warm_up} updates and, after "
                "{training.decay_after}, fell as one over the square root of the number of updates.",
                "The recurrent weights learnt at {training.recurrent_rate} of that rate.",
                "Adam's averages decayed by {training.adam_decay}.",
                "The gradient of each network was clipped to norm {training.gradient_norm}.",
                "Steps before the response window had weight {training.weight_before_response}, those in it weight 1.",
                "The mean squared activity was added to the loss with weight {training.activity_penalty}, for "
                "every architecture and task.",
            ),
            (
                "Accuracy is the share of trials with the right action in the response window, compared with an "
                "ideal observer who sees the same noisy inputs.",
                "It was measured every {training.evaluate_every} updates on {training.n_evaluation_trials} trials.",
                "Training ended once it stayed above {training.stop_fraction} of the ideal observer's for "
                "{training.patience} evaluations in a row, with fixation in at least {training.stop_fixation} of the "
                "steps outside the response window.",
                "A network counts as having learnt the task if, on {training.n_test_trials} new trials, it "
                "reaches {training.criterion} of the ideal observer's accuracy and fixates in "
                "{training.fixation_criterion} of the steps outside the response window.",
                "Weights were also kept after {training.snapshots} updates, and compared in the same way on the same "
                "trials; a network that was done by then kept its final weights.",
                "The initial weights were kept: an untrained network is the same network before training.",
            ),
        ),
    ),
    (
        "Activity",
        (
            (
                "The activity of all units was recorded in {activity.n_trials} trials per condition: untrained "
                "(initial weights, task input), trained (final weights, task input) and noise (final weights, "
                "{noise_words}).",
                "Each phase was analysed apart.",
                "A network whose activity was not finite is reported with that status and left out of what follows.",
            ),
        ),
    ),
    (
        "Dynamical similarity",
        (
            (
                "Activity was delay-embedded within trials ({dsa.n_delays} delays, interval "
                "{dsa.delay_interval}), never across them, and projected on its first {dsa.rank} singular "
                "vectors.",
                "In these coordinates a linear operator that advances the state by one step was fitted by ridge "
                "regression (ridge {dsa.ridge}), following Ostrow et al. (2023).",
                "The dissimilarity of two networks ({dissimilarity}) is {dissimilarity_words}.",
                "A system that holds too little to be compared (too few directions for the rank, or no variation) is "
                "reported and left out.",
            ),
        ),
    ),
    (
        "Separability",
        (
            (
                "For each of the {n_comparisons} comparisons (architecture, phase, pair of tasks, analysis), the "
                "dissimilarities among its systems were embedded in {separability.n_components} dimensions by "
                "{separability.mds} multidimensional scaling, started from the classical solution; its normalised "
                "stress is reported.",
                "Analysis 1 compares untrained with trained networks, analysis 2 trained networks driven by the "
                "task with the same networks driven by noise.",
                "The accuracy of a logistic regression in that plane, fitted and scored on the same systems, "
                "measures how well a labelling (task, training or input) separates them, as in the published "
                "study. With no effect at all it lies well above one half, so it is shown beside its mean under "
                "exchangeable relabellings (chance) and the permutation p-value.",
                "Relabellings respect the design: for task, whole networks move with both their conditions; for "
                "training and input, the two conditions of a network are swapped. They were enumerated where "
                "there are at most {separability.max_relabellings}, and drawn at random otherwise.",
            ),
            (
                "Beside it stand measures that need no plane: the accuracy on networks of a seed that was left "
                "out, the share of variance by PERMANOVA on the full distance matrix, with omega squared, and the "
                "silhouette.",
            ),
        ),
    ),
    (
        "Meta-clustering",
        (
            (
                "Each point of the meta-clustering is one combination of {meta_points}; its features are the "
                "{meta_clustering.features} of both labellings over everything else that a comparison varies in.",
                "The points were embedded by multidimensional scaling and grouped, with at most "
                "{meta_clustering.max_groups} groups.",
                "How much of the variance between points each factor explains was tested by permutation.",
            ),
        ),
    ),
)


def describe_methods(spec: Mapping[str, Any]) -> tuple[MethodsSection, ...]:
    """The method of this study, section by section; a sentence whose fields the specification lacks is left out.

    >>> describe_methods({"architectures": ["GRU"], "networks": {"n_units": 8}})[0].paragraphs[0][:60]
    'The architectures were GRU, each with 8 recurrent units and '
    """
    known = _facts(spec)
    sections = []
    for title, paragraphs in _SECTIONS:
        written: list[str] = []
        for sentences in paragraphs:
            said = [_fill(sentence, known) for sentence in sentences]
            # Sentences without a field explain the others, so they need one of them to lean on.
            anchored = any(_FIELD.search(sentence) for sentence, text in zip(sentences, said, strict=True) if text)
            if anchored or (written and not any(_FIELD.search(sentence) for sentence in sentences)):
                written.append(" ".join(text for text in said if text))
        if written:
            sections.append(MethodsSection(title, tuple(written)))
    return tuple(sections)


def list_parameters(spec: Mapping[str, Any], at: str = "") -> list[tuple[str, str]]:
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


def _fill(sentence: str, known: Mapping[str, str]) -> str:
    names = _FIELD.findall(sentence)
    if any(not known.get(name) for name in names):
        return ""
    return _FIELD.sub(lambda match: known[match.group(1)], sentence)


def _facts(spec: Mapping[str, Any]) -> dict[str, str]:
    known = {name: value for name, value in list_parameters(spec) if value and value != "none"}
    for name in ("architectures", "phases", "seeds"):
        if spec.get(name):
            known[name] = _enumerate(spec[name])
    tasks = [task if isinstance(task, Mapping) else {"name": task} for task in spec.get("tasks") or ()]
    if tasks:
        known["n_tasks"] = str(len(tasks))
        known["task_names"] = _enumerate(_task_name(task) for task in tasks)
        special = [f"{task.get('name')} {_plainly(task['parameters'])}" for task in tasks if task.get("parameters")]
        known["task_parameters"] = "; ".join(special)
        mapped = [task for task in tasks if task.get("period_to_phase")]
        known["task_periods"] = "; ".join(f"{task['name']} {_plainly(task['period_to_phase'])}" for task in mapped)
        stated = [task for task in tasks if task.get("environment")]
        known["task_ceilings"] = ", ".join(f"{task['name']} {_plainly(task.get('ceiling') or 1.0)}" for task in stated)
    options = spec.get("networks", {}).get("options") if isinstance(spec.get("networks"), Mapping) else None
    known["networks.options"] = _plainly(options) if options else ""
    own_cells = spec.get("networks", {}).get("cells") if isinstance(spec.get("networks"), Mapping) else None
    known["networks.cells"] = _plainly(own_cells) if own_cells else ""
    seeds, architectures = spec.get("seeds") or (), spec.get("architectures") or ()
    plain = bool(architectures) and not known["networks.options"] and set(architectures) <= {"V-RNN", "GRU", "LSTM"}
    known["relu"] = "ReLU" if plain else ""
    if seeds:
        known["n_seeds"] = str(len(seeds))
    if tasks and seeds and architectures:
        known["n_networks"] = str(len(tasks) * len(seeds) * len(architectures))
    if tasks and architectures and spec.get("phases"):
        pairs = len(tasks) * (len(tasks) - 1) // 2
        known["n_comparisons"] = str(2 * pairs * len(architectures) * len(spec["phases"]))
    noise = known.get("activity.noise", "")
    known["noise_words"] = _fill(_NOISE_WORDS.get(noise, f"{noise} input" if noise else ""), known)
    if "dsa" in spec:
        known.setdefault("dissimilarity", "dsa")
    kind = known.get("dissimilarity", "")
    known["dissimilarity_words"] = _fill(_DISSIMILARITY_WORDS.get(kind, ""), known)
    if kind in ("procrustes", "cka"):
        known |= {"dsa.n_delays": "", "dsa.ridge": ""}
    points = spec.get("meta_clustering", {}).get("points") if isinstance(spec.get("meta_clustering"), Mapping) else None
    known["meta_points"] = _enumerate(str(point).replace("_", " ") for point in points or ())
    return known


def _task_name(task: Mapping[str, Any]) -> str:
    name, environment = str(task.get("name", "")), task.get("environment")
    return f"{name} ({environment})" if environment else name


def _enumerate(values: Sequence[Any] | Any) -> str:
    words = [str(value) for value in values]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" and {words[-1]}" if words else ""


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
