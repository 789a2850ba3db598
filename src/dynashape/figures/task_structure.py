"""Figure 1: every task's real inputs and target on one clock, so that the shared phases can be seen to be shared."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

from dynashape.errors import InputError
from dynashape.figures.panels import write
from dynashape.figures.style import DOUBLE_COLUMN, MILLIMETRE, SEQUENTIAL, colour_of, new_figure, theme
from dynashape.records.appearance import FAINT, INK, MUTED, SHADE, TASK_COLOURS
from dynashape.tasks import ExampleTrial

# Up to this many channels are drawn as traces, in which noise can be judged; more become a heat map.
MOST_TRACES = 8


def plot_task_structure(samples: Sequence[ExampleTrial], width: float = DOUBLE_COLUMN) -> Figure:
    """Draw figure 1: one trial of each task, its inputs above its target, on one clock.

    The phases are shaded through all rows, so that it can be seen that all tasks share them.

    Parameters
    ----------
    samples : sequence of ExampleTrial
        One trial of each task; see `dynashape.tasks.example_trial`.
    width : float, default 183 mm
        Width of the figure in inches.

    Returns
    -------
    matplotlib.figure.Figure
        A figure that belongs to no window.

    Raises
    ------
    InputError
        Where there is no sample.

    Examples
    --------
    >>> import numpy as np
    >>> phases = {"fixation": (0, 2), "decision": (2, 4)}
    >>> sample = ExampleTrial("GNG", np.zeros((4, 2)), np.zeros(4, int), phases, dt_ms=20)
    >>> len(plot_task_structure([sample]).axes)
    2
    """
    if not samples:
        raise InputError("plot_task_structure needs at least one task sample; got none.")
    with theme():
        figure = new_figure(width, (len(samples) * 33 + 9) * MILLIMETRE)
        grid = figure.add_gridspec(2 * len(samples), 1, height_ratios=[3.2, 1] * len(samples), hspace=0.0)
        first: Axes | None = None
        for row, sample in enumerate(samples):
            inputs_axes = figure.add_subplot(grid[2 * row, 0], sharex=first)
            first = first or inputs_axes
            target_axes = figure.add_subplot(grid[2 * row + 1, 0], sharex=first)
            for axes, what in ((inputs_axes, "inputs"), (target_axes, "target")):
                axes.set_label(f"{sample.name}, {what}")
                _shade_phases(axes, sample)
            _draw_inputs(inputs_axes, sample)
            _draw_target(target_axes, sample, colour_of(TASK_COLOURS, sample.name, row))
            _title(inputs_axes, sample, top=row == 0)
            last = row == len(samples) - 1
            target_axes.tick_params(labelbottom=last, bottom=last)
            target_axes.spines["bottom"].set_visible(last)
            if last:
                target_axes.set_xlabel("time in the trial (ms)")
        figure.align_ylabels()
    return figure


def _shade_phases(axes: Axes, sample: ExampleTrial) -> None:
    dt = sample.dt_ms
    for position, (start, stop) in enumerate(sample.phases.values()):
        if position % 2:
            axes.axvspan(start * dt, stop * dt, color=SHADE, linewidth=0, zorder=0)
    edges = sorted({edge * dt for span in sample.phases.values() for edge in span})
    axes.set_xlim(edges[0], edges[-1])
    axes.xaxis.set_major_locator(FixedLocator(edges))


def _title(axes: Axes, sample: ExampleTrial, top: bool) -> None:
    if top:
        dt = sample.dt_ms
        for phase, (start, stop) in sample.phases.items():
            style = {"xycoords": ("data", "axes fraction"), "ha": "center", "va": "bottom"}
            write(axes, phase, ((start + stop) / 2 * dt, 1), (0, 15), color=MUTED, fontsize=7, **style)
    style = {"xycoords": "axes fraction", "fontweight": "bold"}
    written = write(axes, sample.name, (0, 1), (0, 2.5), fontsize=7.5, color=INK, **style)
    write(axes, sample.description, (1, 0), (6, 0.5), xycoords=written, va="bottom", fontsize=6.5, color=MUTED)


def _draw_inputs(axes: Axes, sample: ExampleTrial) -> None:
    inputs = np.asarray(sample.inputs, dtype=float)
    names = [str(name).replace("_", " ") for name in sample.input_names or range(inputs.shape[1])]
    axes.tick_params(labelbottom=False, bottom=False, left=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    dt = sample.dt_ms
    if inputs.shape[1] <= MOST_TRACES:
        times = (np.arange(inputs.shape[0]) + 0.5) * dt
        spread = max(float(np.ptp(inputs)), 1e-9)
        for channel in range(inputs.shape[1]):
            trace = 0.85 * (inputs[:, channel] - inputs.min()) / spread - 0.42
            axes.plot(times, trace - channel, color=INK, linewidth=0.7, solid_joinstyle="round")
        axes.set_ylim(-inputs.shape[1] + 0.35, 0.65)
        axes.set_yticks([-channel for channel in range(inputs.shape[1])], names)
    else:
        axes.imshow(
            inputs.T,
            aspect="auto",
            interpolation="none",
            cmap=SEQUENTIAL,
            extent=(0, inputs.shape[0] * dt, inputs.shape[1] - 0.5, -0.5),
            vmin=0.0,
            zorder=1,
        )
        groups = group_channels(names)
        axes.set_yticks([(start + stop - 1) / 2 for _, start, stop in groups], [stem for stem, _, _ in groups])
        for start, _ in list(sample.phases.values())[1:]:
            axes.axvline(start * dt, color=FAINT, linewidth=0.5)
        for _, start, _ in groups[1:]:
            axes.axhline(start - 0.5, color=FAINT, linewidth=0.5)


def group_channels(names: Sequence[str]) -> list[tuple[str, int, int]]:
    """Neighbouring channels whose names differ only in a last number, as (stem, start, stop).

    >>> group_channels(["fixation", "place 0 shape 0", "place 0 shape 1", "place 1 shape 0"])
    [('fixation', 0, 1), ('place 0', 1, 3), ('place 1', 3, 4)]
    """
    groups: list[tuple[str, int, int]] = []
    for channel, name in enumerate(names):
        stem = re.sub(r"[\s_\-.,:]*(shape|channel|unit|input)?[\s_\-.]*\d+$", "", name).strip(" _-.,:") or name
        if groups and groups[-1][0] == stem:
            groups[-1] = (stem, groups[-1][1], channel + 1)
        else:
            groups.append((stem, channel, channel + 1))
    return groups


def _draw_target(axes: Axes, sample: ExampleTrial, colour: str) -> None:
    target = sample.target
    dt = sample.dt_ms
    top = max(int(target.max()), 1)
    edges = np.arange(target.size + 1) * dt
    if sample.response_window is not None:
        start, stop = sample.response_window
        axes.axvspan(start * dt, stop * dt, color=colour, alpha=0.18, linewidth=0)
    axes.stairs(target, edges, baseline=None, color=colour, linewidth=1.6)
    axes.set_ylim(-0.35 * top, 1.25 * top)
    actions = sample.action_names
    shown = sorted({int(value) for value in np.unique(target)})
    labels = [
        actions[value] if value < len(actions) else ("fixation" if value == 0 else f"action {value}") for value in shown
    ]
    axes.set_yticks(shown, labels)
    axes.tick_params(left=False)
    axes.spines["left"].set_visible(False)
