"""The figures are tested by the data they draw: positions, colours and words, never pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba

from dynashape.distances import Distances
from dynashape.errors import InputError
from dynashape.figures import (
    plot_comparison_scheme,
    plot_distance_matrices,
    plot_distance_scale,
    plot_learning,
    plot_mds_maps,
    plot_meta_clustering,
    plot_power,
    plot_psychometric,
    plot_sensitivity,
    plot_separability_difference,
    plot_separability_map,
    plot_spectra,
    plot_studies,
    plot_task_structure,
    plot_training_curves,
    plot_variance_shares,
    separability_difference,
)
from dynashape.figures.distance_matrices import order_systems
from dynashape.figures.p_values import format_p
from dynashape.figures.style import NEARNESS, SEQUENTIAL, theme
from dynashape.records import READING_ORDER, Code, Status
from dynashape.records.appearance import ANALYSIS_COLOURS, CONDITION_COLOURS, LABELLING_COLOURS, TASK_COLOURS
from synthetic_study import LOST, UPDATES

# What every separability table has; the others have measures that the figures do not need.
MINIMAL = ["analysis", "architecture", "phase", "task_a", "task_b", "labelling", "accuracy", "chance", "p_value"]


def where(table: pd.DataFrame, **labels) -> pd.DataFrame:
    """The rows that carry these labels."""
    return table[np.logical_and.reduce([table[name] == value for name, value in labels.items()])]


def words(figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")) if text.get_text()]


def labelled(artists, label: str):
    """The one artist (axes of a figure, patch of axes) that carries this label."""
    (found,) = [artist for artist in artists if artist.get_label() == label]
    return found


def same_colour(one, other) -> bool:
    return bool(np.allclose(to_rgba(one), to_rgba(other), atol=1 / 255))


def test_task_structure_draws_the_inputs_the_target_and_the_phases(synthetic):
    samples = synthetic.example_trials()
    figure = plot_task_structure(samples)
    inputs_axes, target_axes = labelled(figure.axes, "CDM, inputs"), labelled(figure.axes, "CDM, target")
    assert len(inputs_axes.lines) == samples[0].inputs.shape[1]
    drawn = np.asarray(inputs_axes.lines[2].get_ydata())
    given = samples[0].inputs[:, 2]
    # Each trace is an affine picture of its channel.
    assert np.corrcoef(drawn, given)[0, 1] == pytest.approx(1.0, abs=1e-9)
    assert np.array_equal(target_axes.patches[-1].get_data().values, samples[0].target)
    assert np.array_equal(labelled(figure.axes, "PR, inputs").images[0].get_array(), samples[3].inputs.T)
    assert {"fixation", "stimulus", "delay", "decision", "CDM", "PR"} <= set(words(figure))
    assert all(axes.get_xlim() == (0, 640) for axes in figure.axes)


@pytest.mark.parametrize("full", [True, False])
def test_the_separability_map_has_a_square_for_every_row_of_its_table(synthetic, full):
    table = synthetic.separability() if full else synthetic.separability()[MINIMAL]
    figure = plot_separability_map(table)
    blocks = [axes for axes in figure.axes if len(axes.patches) == 72]
    assert len(blocks) == 4
    (row,) = where(
        table, analysis=2, labelling="input", architecture="GRU", phase="delay", task_a="DC", task_b="PR"
    ).to_dict("records")
    square = labelled(labelled(figure.axes, "analysis 2, input").patches, "GRU, delay, DC-PR")
    assert same_colour(square.get_facecolor(), SEQUENTIAL((row["accuracy"] - 0.5) / 0.5))
    level = "q_value" if full else "p_value"
    dots = sum(len(line.get_xdata()) for block in blocks for line in block.lines)
    assert dots == int((table[level] <= 0.05).sum()) > 0
    assert any(text.startswith("chance") and f"{table['chance'].mean():.2f}" in text for text in words(figure))


def test_halves_are_rounded_up(synthetic):
    table = synthetic.separability().assign(accuracy=0.625)
    assert {text for text in words(plot_separability_map(table)) if text.startswith(".")} == {".63"}


def test_a_missing_comparison_is_hatched_and_not_coloured(synthetic):
    figure = plot_separability_map(synthetic.separability().iloc[1:])
    hatched = [patch for axes in figure.axes for patch in axes.patches if patch.get_hatch()]
    assert len(hatched) == 1


def test_the_maps_draw_every_point_of_the_analysis(synthetic):
    table = synthetic.embeddings()
    figure = plot_mds_maps(table, 2)
    drawn = sum(len(line.get_xdata()) for axes in figure.axes for line in axes.lines)
    assert drawn == int((table["analysis"] == 2).sum())
    one = where(table, analysis=2, architecture="GRU", phase="stimulus", task_a="CDM", task_b="DC")
    corners = labelled(figure.axes[0].patches, "GRU, stimulus, CDM-DC").get_xy()
    spots = np.concatenate([np.column_stack(line.get_data()) for line in figure.axes[0].lines])
    inside = ((corners.min(axis=0) < spots) & (spots < corners.max(axis=0))).all(axis=1)
    assert inside.sum() == len(one) == 20
    # In its frame a map is moved and scaled alike along both axes, with y upwards.
    scale = np.ptp(spots[inside][:, 0]) / np.ptp(one["x"])
    assert np.ptp(spots[inside][:, 1]) == pytest.approx(scale * np.ptp(one["y"]))
    assert np.sort(spots[inside][:, 0]) - spots[inside][:, 0].min() == pytest.approx(
        scale * (np.sort(one["x"]) - one["x"].min())
    )
    assert np.sort(-spots[inside][:, 1]) + spots[inside][:, 1].max() == pytest.approx(
        scale * (np.sort(one["y"]) - one["y"].min())
    )
    assert {"CDM", "GNG", "DC", "PR", "trained", "noise"} <= {text.get_text() for text in figure.legends[0].texts}
    with pytest.raises(InputError, match="no rows of analysis 3"):
        plot_mds_maps(table, 3)


def test_meta_clustering_colours_by_analysis_and_prints_what_explains_it(synthetic):
    meta, explained = synthetic.meta()
    figure = plot_meta_clustering(meta, explained)
    main = figure.axes[0]
    second = [line for line in main.lines if same_colour(line.get_markerfacecolor(), ANALYSIS_COLOURS["2"])]
    assert sum(len(line.get_xdata()) for line in second) == int((meta["analysis"] == 2).sum())
    assert len(main.patches) == meta["group"].nunique() > 1
    bars = [patch.get_width() for patch in figure.axes[-1].patches]
    assert sorted(bars) == pytest.approx(sorted(explained["share"]))
    first = explained.loc[explained["share"].idxmax()]
    assert any(f"{first['share']:.2f}" in text and format_p(first["p_value"]) in text for text in words(figure))


def test_meta_clustering_leaves_out_factors_the_points_do_not_have(synthetic):
    meta, _ = synthetic.meta()
    figure = plot_meta_clustering(meta.drop(columns=["phase", "group"]))
    titles = [axes.get_title() for axes in figure.axes]
    assert "by analysis" in titles
    assert "by phase" not in titles


def test_a_single_group_is_not_outlined(synthetic):
    points, explained = synthetic.meta()
    outlined = [text for text in words(plot_meta_clustering(points, explained)) if text.startswith("group")]
    assert len(outlined) == points["group"].nunique()
    alone = plot_meta_clustering(points.assign(group=0), explained)
    assert not [text for text in words(alone) if text.startswith("group")]
    assert not alone.axes[0].patches


def test_training_curves_single_out_the_network_that_failed(synthetic):
    curves = synthetic.curves()
    figure = plot_training_curves(curves, synthetic.networks(), criterion=0.95)
    assert len(figure.axes) == 12
    failing = [
        line for axes in figure.axes for line in axes.lines if same_colour(line.get_color(), CONDITION_COLOURS["noise"])
    ]
    assert len(failing) == 1
    lost = where(curves, **dict(zip(("architecture", "task", "seed"), LOST, strict=True)))
    assert np.asarray(failing[0].get_ydata()) == pytest.approx(lost["accuracy"].to_numpy())
    ceiling = lost["ceiling"].iloc[0]
    levels = {
        round(float(line.get_ydata()[0]), 6)
        for line in labelled(figure.axes, "LSTM, CDM").lines
        if len(line.get_ydata()) == 2
    }
    assert levels == {round(ceiling, 6), round(0.95 * ceiling, 6)}


def test_a_single_evaluation_is_still_seen(synthetic):
    curves = synthetic.curves()
    figure = plot_training_curves(curves[curves["updates"] == 0])
    assert all(line.get_marker() == "o" for line in figure.axes[0].lines if len(line.get_xdata()) == 1)


def test_the_colours_of_a_distance_matrix_reach_the_paper(synthetic):
    """Drawn and read back: nothing may lie over the matrix."""
    figure = plot_distance_matrices({("GRU", "delay"): synthetic.distances()["GRU", "delay"]})
    canvas = FigureCanvasAgg(figure)
    with theme():
        canvas.draw()
    axes = figure.axes[0]
    pixels = np.asarray(canvas.buffer_rgba())[..., :3]
    ordered = order_systems(synthetic.distances()["GRU", "delay"]).values
    for i, j in ((3, 40), (20, 21), (55, 10)):
        x, y = axes.transData.transform((j + 0.5, i + 0.5))
        seen = pixels[pixels.shape[0] - 1 - int(y), int(x)]
        norm = axes.images[0].norm
        expected = np.array(NEARNESS(norm(ordered[i, j]))[:3]) * 255
        # A square is a few pixels wide, so its middle is not mixed with its neighbours; colours have 256 levels.
        assert np.abs(seen - expected).max() <= 3


def test_distance_matrices_are_ordered_and_failed_systems_stay_out(synthetic):
    distances = synthetic.distances()
    figure = plot_distance_matrices(distances)
    ordered = order_systems(distances["LSTM", "delay"])
    labels = zip(*(ordered.labels[name].tolist() for name in ("task", "condition", "seed")), strict=True)
    places = [(READING_ORDER.index(task), READING_ORDER.index(condition), seed) for task, condition, seed in labels]
    assert places == sorted(places) and len(set(places)) == len(places)
    axes = labelled(figure.axes, "LSTM, delay")
    behind, image = axes.patches[0], axes.images[0]
    drawn = image.get_array()
    assert np.array_equal(np.ma.getmaskarray(drawn), np.isnan(ordered.values))
    assert behind.get_zorder() < image.get_zorder()
    kept = ~np.ma.getmaskarray(drawn)
    assert np.array_equal(np.asarray(drawn)[kept], ordered.values[kept])


def test_the_colour_bar_of_distances_names_the_dissimilarity_and_its_unit(synthetic):
    made = synthetic.distances()["GRU", "delay"]
    one = Distances(made.values, made.labels, "dsa", "rad")
    place = ("GRU", "delay")
    assert "dsa (rad)" in words(plot_distance_matrices({place: one}))
    assert "CKA distance (rad)" in words(plot_distance_matrices({place: one}, label="CKA distance"))
    plain = Distances(one.values, one.labels, "spectral", "1")
    assert "spectral" in words(plot_distance_matrices({place: plain}))
    assert "GRU\ndissimilarity" in words(plot_distance_scale({place: plain}))
    assert "GRU\ndissimilarity (rad)" in words(plot_distance_scale({place: one}))


@pytest.mark.parametrize("plot", [plot_distance_matrices, plot_distance_scale])
def test_distances_must_say_which_system_is_which(plot):
    with pytest.raises(InputError, match="task, condition, seed; got task"):
        plot({("GRU", "delay"): Distances(np.zeros((3, 3)), {"task": np.array(["a", "b", "c"])})})


def test_the_scale_of_distances_shows_the_pairs_that_differ_in_one_thing(synthetic):
    distances = synthetic.distances()
    bounds = pd.DataFrame({"architecture": ["GRU"], "phase": ["delay"], "floor": [0.05], "ceiling": [0.3]})
    figure = plot_distance_scale(distances, bounds)
    pairs = distances["GRU", "delay"].to_frame()
    conditions = [set(names) for names in zip(pairs["condition"], pairs["condition_other"], strict=True)]
    same_task, same_seed = pairs["task"] == pairs["task_other"], pairs["seed"] == pairs["seed_other"]

    def between(*names):
        return pd.Series([found == set(names) for found in conditions])

    kinds = {
        "other seed": between("trained") & same_task & ~same_seed,
        "training": between("untrained", "trained") & same_task & same_seed,
        "input": between("trained", "noise") & same_task & same_seed,
        "other task": between("trained") & ~same_task,
    }
    axes = labelled(figure.axes, "GRU, delay")
    for kind, chosen in kinds.items():
        assert chosen.sum() >= 20
        assert float(labelled(axes.lines, kind).get_ydata()[0]) == pytest.approx(pairs.loc[chosen, "distance"].median())
    assert [float(line.get_ydata()[0]) for line in axes.lines if line.get_label() not in kinds] == [0.05, 0.3]
    highest = max(
        segment[:, 1].max() for axes in figure.axes for bars in axes.collections for segment in bars.get_segments()
    )
    assert figure.axes[0].get_ylim()[0] == 0.0
    assert figure.axes[0].get_ylim()[1] > highest
    lost = [line for line in labelled(figure.axes, "LSTM, delay").lines if line.get_label() in kinds]
    assert len(lost) == 4 and np.isfinite([line.get_ydata()[0] for line in lost]).all()


def scheme(found, phases, **more):
    return plot_comparison_scheme(found.paths, phases, choices=found.choices, tasks=found.tasks, **more)


def test_the_scheme_draws_the_trajectories_it_is_given(synthetic):
    found, phases = synthetic.paths(), synthetic.spec.timing.phases
    figure = scheme(found, phases, embeddings=synthetic.embeddings())
    panel = labelled(figure.axes, "analysis 1, CDM, untrained")
    stimulus_mean = labelled(panel.collections, "stimulus, mean").get_segments()[0]
    start, stop = phases["stimulus"]
    place = ("CDM", "untrained")
    first = found.choices[place].min()
    expected = found.paths[place][found.choices[place] == first].mean(axis=0)[start - 1 : stop]
    assert np.asarray(stimulus_mean) == pytest.approx(expected)
    assert {"Analysis 1: does training change the dynamics?", "training", "input", "task"} <= set(words(figure))


def test_the_scheme_names_what_compared_the_networks(synthetic):
    def drawn(**method):
        return words(plot_comparison_scheme(tasks=("CDM", "PR"), embeddings=synthetic.embeddings(), **method))

    assert drawn().count("DSA between all networks") == 2
    assert drawn(method="CKA").count("CKA between all networks") == 2


def test_a_system_without_activity_has_an_empty_frame_that_says_why(synthetic):
    made = synthetic.paths()
    paths = made.paths | {("CDM", "trained"): Status(Code.DIVERGED, "not finite")}
    del paths["PR", "noise"]
    figure = scheme(replace(made, paths=paths), synthetic.spec.timing.phases)
    said = {}
    for axes in figure.axes:
        empty = not axes.lines and not axes.collections
        assert empty == bool(axes.texts)
        if empty:
            said[axes.get_label()] = axes.texts[0].get_text().replace("\n", " ")
    why = f"no activity: {Code.DIVERGED.meaning}"
    assert said == {
        "analysis 1, CDM, trained": why,
        "analysis 2, CDM, trained": why,
        "analysis 2, PR, noise": "no activity",
    }


def test_the_scheme_has_eight_empty_frames_without_data():
    figure = plot_comparison_scheme(tasks=("CDM", "PR"))
    assert words(figure).count("no activity") == len(figure.axes) == 8


def test_variance_shares_draw_every_share_its_interval_and_the_pooled_difference(synthetic):
    shares, pooled = synthetic.variance_shares()
    figure = plot_variance_shares(shares, pooled)
    gru = where(shares, architecture="GRU", labelling="input")
    axes = labelled(figure.axes, "GRU")
    assert np.asarray(labelled(axes.lines, "input").get_ydata()) == pytest.approx(gru["share"].to_numpy())
    ends = [segment[:, 1] for bars in axes.collections for segment in bars.get_segments()]
    assert np.sort(np.ravel(ends)) == pytest.approx(
        np.sort(shares.loc[shares["architecture"] == "GRU", ["share_low", "share_high"]].to_numpy().ravel())
    )
    assert np.asarray(labelled(figure.axes, "pooled").lines[1].get_xdata()) == pytest.approx(
        pooled["estimate"].to_numpy()
    )


def test_variance_shares_of_task_pairs_become_dots_and_their_mean(synthetic):
    table = synthetic.separability()
    figure = plot_variance_shares(table)
    own = where(table, architecture="V-RNN", labelling="training")
    means = labelled(labelled(figure.axes, "V-RNN").lines, "training").get_ydata()
    assert np.asarray(means) == pytest.approx(own.groupby("phase", sort=False)["share"].mean().to_numpy())
    labels = [text.get_text() for text in figure.legends[0].texts]
    assert labels == ["task, analysis 1", "task, analysis 2", "training", "input"]


def filled_band(axes, colour) -> np.ndarray:
    """Corners of the one area of this colour."""
    (band,) = [
        area
        for area in axes.collections
        if type(area).__name__ in ("PolyCollection", "FillBetweenPolyCollection")
        and same_colour(area.get_facecolor()[0][:3], colour)
    ]
    return band.get_paths()[0].vertices


def test_learning_draws_the_mean_and_the_middle_half_of_task_pairs_at_every_update(synthetic):
    table = synthetic.learning()
    figure = plot_learning(table)
    assert len(figure.axes) == 2 * 3 * 4
    own = where(table.dropna(subset="updates"), architecture="GRU", phase="delay", labelling="input")
    places = sorted(own["updates"].unique())
    for value in ("omega_squared", "accuracy"):
        axes = labelled(figure.axes, f"GRU, delay, {value}")
        groups = own.groupby("updates")[value]
        lines = [line for line in axes.lines if same_colour(line.get_color(), LABELLING_COLOURS["input"])]
        curve = next(line for line in lines if line.get_linestyle() == "-")
        assert list(curve.get_xdata()) == places
        assert np.asarray(curve.get_ydata()) == pytest.approx(groups.mean().to_numpy())
        corners = filled_band(axes, curve.get_color())
        for place, low, high in zip(places, groups.quantile(0.25), groups.quantile(0.75), strict=True):
            heights = corners[np.isclose(corners[:, 0], place), 1]
            assert (heights.min(), heights.max()) == pytest.approx((low, high))


def test_learning_opens_the_points_where_all_networks_are_done_and_marks_the_final_ones(synthetic):
    table = synthetic.learning()
    figure = plot_learning(table)
    axes = labelled(figure.axes, "V-RNN, fixation, omega_squared")
    colour = LABELLING_COLOURS["training"]
    dots = [line for line in axes.lines if same_colour(line.get_color(), colour) and line.get_linestyle() == "None"]
    filled, opened = dots
    assert list(filled.get_xdata()) == list(UPDATES[:-1])
    assert same_colour(opened.get_markerfacecolor(), "white")
    last, final = opened.get_xdata()
    assert last == UPDATES[-1] < final
    own = where(table, architecture="V-RNN", phase="fixation", labelling="training")
    assert opened.get_ydata()[1] == pytest.approx(own.loc[own["updates"].isna(), "omega_squared"].mean())
    assert [text.get_text() for text in figure.axes[-1].get_xticklabels()] == ["1", "10", "100", "1000", "final"]


def test_learning_of_one_task_pair_draws_its_interval(synthetic):
    table = synthetic.learning()
    one = where(table, task_a="CDM", task_b="PR")
    axes = labelled(plot_learning(one).axes, "V-RNN, fixation, omega_squared")
    colour = LABELLING_COLOURS["training"]
    corners = filled_band(axes, colour)
    heights = corners[np.isclose(corners[:, 0], UPDATES[1]), 1]
    own = where(one.dropna(subset="updates"), architecture="V-RNN", phase="fixation", labelling="training")
    own = where(own, updates=UPDATES[1])
    assert (heights.min(), heights.max()) == pytest.approx((own["omega_low"].item(), own["omega_high"].item()))


def test_psychometric_curves_are_the_rates_of_the_table(synthetic):
    table = synthetic.responses()
    figure = plot_psychometric(table)
    dc = where(table, task="DC")
    (axes,) = [axes for axes in figure.axes if axes.get_title() == "DC"]
    first = where(dc, architecture="V-RNN", seed=0)
    thin = [line for line in axes.lines if line.get_linewidth() == 0.4 and len(line.get_xdata()) == len(first)]
    assert len(thin) == 15
    assert np.asarray(thin[0].get_ydata()) == pytest.approx(first["rate"].to_numpy())
    assert "ideal observer" in [text.get_text() for text in figure.legends[0].texts]
    without = plot_psychometric(table.drop(columns="ideal"))
    assert "ideal observer" not in [text.get_text() for text in without.legends[0].texts]


def test_contexts_of_a_task_stand_where_the_task_does(synthetic):
    table = synthetic.responses()
    table.loc[table["context"] == 2, "task"] = "CDM, context 2"
    titles = [axes.get_title() for axes in plot_psychometric(table).axes]
    assert titles == ["CDM", "CDM, context 2", "GNG", "DC", "PR"]


def test_sensitivity_colours_the_verdict_and_rings_the_studys_own_values(synthetic):
    table = synthetic.sensitivity()
    figure = plot_sensitivity(table)
    rings = [line for axes in figure.axes for line in axes.lines if line.get_markersize() == 7]
    assert len(rings) == int(table["chosen"].sum())
    dots = [line for axes in figure.axes for line in axes.lines if line.get_markersize() == 4]
    assert sorted(float(line.get_ydata()[0]) for line in dots) == pytest.approx(sorted(table["estimate"]))
    opened = [line for line in dots if same_colour(line.get_markerfacecolor(), "white")]
    assert len(opened) == int((table["verdict"] == "cannot be told").sum()) > 0


def test_a_value_without_a_conclusion_keeps_its_place_in_every_row(synthetic):
    table = synthetic.sensitivity()
    first = str(table["contrast"].iloc[0])
    setting = str(table["setting"].iloc[0])
    values = list(dict.fromkeys(table.loc[table["setting"] == setting, "value"].astype(str)))
    lost = (table["contrast"] == first) & (table["setting"] == setting) & (table["value"].astype(str) == values[1])
    figure = plot_sensitivity(table[~lost])
    columns, rows = table["setting"].nunique(), table["contrast"].nunique()
    of_setting = figure.axes[::columns][:rows]
    assert [len(axes.get_xticks()) for axes in of_setting] == [len(values)] * rows
    shown = [label.get_text() for label in of_setting[-1].get_xticklabels()]
    assert shown == sorted(values, key=float)
    place = float(shown.index(values[1]))
    assert [[text.get_position()[0] for text in axes.texts] for axes in of_setting] == [[place], *[[]] * (rows - 1)]


def test_power_is_drawn_against_seeds_with_the_target_marked(synthetic):
    comparisons, verdicts = synthetic.power()
    figure = plot_power(comparisons, verdicts)
    assert [axes.get_title() for axes in figure.axes] == [
        "task, one comparison",
        "training, one comparison",
        "input, one comparison",
        "verdict, pooled",
    ]
    for axes, term in zip(figure.axes, ("task", "training", "input"), strict=False):
        target, *lines = axes.lines
        assert set(target.get_ydata()) == {0.8}
        assert same_colour(lines[0].get_color(), LABELLING_COLOURS[term])
        own = where(comparisons, term=term)
        for line, (_, part) in zip(lines, own.groupby("share", sort=False), strict=True):
            assert np.allclose(line.get_ydata(), part["power"])
        assert [label.get_text() for label in axes.get_xticklabels()] == [str(n) for n in sorted(set(own["n_seeds"]))]
    axes = figure.axes[3]
    (measured,) = set(verdicts.loc[verdicts["measured"], "difference"])
    named = {0.0: "0", -0.1: "−0.1", 0.2: "+0.2", measured: f"{measured:+.2f}*"}
    legend = [label.get_text() for label in axes.get_legend().get_texts()]
    assert legend == [named[difference] for difference in sorted(named)]
    numbers = sorted(set(verdicts["n_seeds"]))
    assert [label.get_text() for label in axes.get_xticklabels()] == [*map(str, numbers), "∞"]
    curves = {line.get_label(): line.get_ydata() for line in axes.lines if len(line.get_xdata()) == len(numbers)}
    limits = {}
    for difference, name in named.items():
        own = where(verdicts, difference=difference)
        # Without a difference every verdict is false: its line is the chance of one.
        chances = 1 - own["cannot be told"] if difference == 0 else own["right"]
        assert np.allclose(curves[name], chances)
        limits[name] = 1 - own["limit"].iloc[0] if difference == 0 else own["limit"].iloc[0]
    drawn = [float(line.get_ydata()[0]) for line in axes.lines if line.get_marker() == "o"]
    assert sorted(drawn) == pytest.approx(sorted(limits.values()))


def test_power_without_verdicts_has_no_panel_of_them(synthetic):
    comparisons, _ = synthetic.power()
    assert len(plot_power(comparisons, pd.DataFrame()).axes) == 3


def test_spectra_draw_the_upper_half_plane(synthetic):
    table = synthetic.eigenvalues()
    figure = plot_spectra(table)
    own = where(table[table["imag"] >= 0], architecture="LSTM", phase="delay")
    offsets = np.asarray(labelled(figure.axes, "LSTM, delay").collections[0].get_offsets())
    assert np.sort(offsets[:, 0]) == pytest.approx(np.sort(own["real"]))
    assert np.sort(offsets[:, 1]) == pytest.approx(np.sort(own["imag"]))


def test_a_users_own_names_get_colours_too(synthetic):
    table = synthetic.curves()
    table["task"] = table["task"].replace({"CDM": "my task"})
    figure = plot_training_curves(table)
    axes = labelled(figure.axes, "V-RNN, my task")
    assert axes.get_title() == "my task"
    assert not any(same_colour(line.get_color(), TASK_COLOURS["CDM"]) for line in axes.lines)


def two_tables(synthetic):
    first, second = synthetic.separability(), synthetic.separability()
    second["accuracy"] = np.minimum(first["accuracy"], np.maximum(first["accuracy"] - 0.1, 0.5))
    second.loc[second["architecture"] == "GRU", "q_value"] = 1.0
    return first, second


def test_studies_stand_beside_each_other_with_their_intervals(synthetic):
    shares, pooled = synthetic.several_studies()
    figure = plot_studies(shares, pooled)
    assert [axes.get_title() for axes in figure.axes[:4]] == [
        "training, analysis 1",
        "input, analysis 2",
        "task, analysis 1",
        "task, analysis 2",
    ]
    row = (shares["architecture"] == "GRU") & (shares["labelling"] == "input")
    panel = labelled(figure.axes, "GRU, input, analysis 2")
    for name, bars in zip(("paper", "rank 8"), panel.collections, strict=True):
        own = shares[row & (shares["study"] == name)]
        assert np.allclose(labelled(panel.lines, name).get_ydata(), own["share"])
        ends = np.array([path.vertices[:, 1] for path in bars.get_paths()])
        assert np.allclose(ends, own[["share_low", "share_high"]])
    one, other = (labelled(panel.lines, name).get_xdata() for name in ("paper", "rank 8"))
    assert np.allclose(other - one, 0.3)
    titles = [axes.get_title() for axes in figure.axes[12:]]
    assert titles == ["input − training", "task − training", "input − task"]
    difference = labelled(figure.axes, "input - training")
    drawn = [labelled(difference.lines, name).get_xdata()[0] for name in ("paper", "rank 8")]
    assert np.allclose(drawn, pooled.loc[pooled["contrast"] == "input - training", "estimate"])
    assert [text.get_text() for text in difference.get_yticklabels()] == ["paper", "rank 8"]


def test_the_difference_of_two_studies_is_the_second_less_the_first(synthetic):
    first, second = two_tables(synthetic)
    table = separability_difference(first, second.iloc[3:])
    assert len(table) == len(first) - 3
    assert np.allclose(table["difference"], (second["accuracy"] - first["accuracy"]).iloc[3:])
    lost = (first["q_value"] <= 0.05) & (first["architecture"] == "GRU")
    assert int(table["flips"].sum()) == int(lost.iloc[3:].sum()) > 0
    figure = plot_separability_difference(first, second)
    blocks = [axes for axes in figure.axes if len(axes.patches) == 72]
    assert len(blocks) == 4
    assert sum(len(line.get_xdata()) for block in blocks for line in block.lines) == int(lost.sum())
    squares = [patch for block in blocks for patch in block.patches]
    assert len({patch.get_facecolor() for patch in squares}) == table["difference"].round(6).nunique()
    # Every accuracy fell or stayed, so no square is on the brown side, where red outweighs blue.
    assert all(red <= blue + 0.01 for red, _, blue, _ in (patch.get_facecolor() for patch in squares))
    assert {"−.10", "0"} <= set(words(figure))


def test_a_square_without_an_accuracy_is_hatched_and_never_a_flip(synthetic):
    first, second = two_tables(synthetic)
    second.loc[0, ["accuracy", "q_value", "p_value"]] = np.nan
    first.loc[0, "q_value"] = 0.001
    assert not separability_difference(first, second).loc[0, "flips"]
    hatched = [p for axes in plot_separability_difference(first, second).axes for p in axes.patches if p.get_hatch()]
    assert len(hatched) == 1


def test_studies_without_a_common_comparison_have_no_difference(synthetic):
    table = synthetic.separability()
    with pytest.raises(InputError, match="in both"):
        separability_difference(table[table["phase"] == "delay"], table[table["phase"] == "stimulus"])


def everything(synthetic):
    phases, embeddings = synthetic.spec.timing.phases, synthetic.embeddings()
    return {
        "tasks": plot_task_structure(synthetic.example_trials()),
        "scheme": scheme(synthetic.paths(), phases, embeddings=embeddings),
        "scheme without activity": plot_comparison_scheme(
            {("CDM", "trained"): Status(Code.TOO_FEW_TRIALS)}, tasks=("CDM", "PR"), embeddings=embeddings
        ),
        "meta": plot_meta_clustering(*synthetic.meta()),
        "map": plot_separability_map(synthetic.separability()),
        "maps": plot_mds_maps(embeddings, 1),
        "curves": plot_training_curves(synthetic.curves(), synthetic.networks(), criterion=0.95),
        "distances": plot_distance_matrices(synthetic.distances()),
        "scale": plot_distance_scale(synthetic.distances()),
        "shares": plot_variance_shares(*synthetic.variance_shares()),
        "psychometric": plot_psychometric(synthetic.responses()),
        "sensitivity": plot_sensitivity(synthetic.sensitivity()),
        "power": plot_power(*synthetic.power()),
        "studies": plot_studies(*synthetic.several_studies()),
        "five studies": plot_studies(*synthetic.several_studies(("a", "b", "runs/c", "a long name", "e"))),
        "difference": plot_separability_difference(*two_tables(synthetic), names=("paper", "rank 8")),
        "spectra": plot_spectra(synthetic.eigenvalues()),
        "learning": plot_learning(synthetic.learning()),
    }


def ticks_out_of_view(figure) -> set:
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                    hidden |= {tick.label1, tick.label2}
    return hidden


def test_no_text_is_cut_off_or_printed_over_another(synthetic):
    """Every word lies inside the paper, and no two words share ink."""
    for name, figure in everything(synthetic).items():
        canvas = FigureCanvasAgg(figure)
        with theme():
            canvas.draw()
        renderer = canvas.get_renderer()
        page = figure.bbox
        undrawn = ticks_out_of_view(figure)
        boxes = []
        for text in figure.findobj(lambda artist: type(artist).__name__ in ("Text", "Annotation")):
            if text in undrawn or not text.get_visible() or not text.get_text().strip():
                continue
            box = text.get_window_extent(renderer)
            if box.width == 0:
                continue
            assert page.x0 - 1 <= box.x0 and box.x1 <= page.x1 + 1, (name, text.get_text())
            assert page.y0 - 1 <= box.y0 and box.y1 <= page.y1 + 1, (name, text.get_text())
            # The box around a slanted word is larger than the word.
            if text.get_rotation() % 90 == 0:
                boxes.append((box.padded(-0.6), text.get_text()))
        for i, (box, text) in enumerate(boxes):
            for other, other_text in boxes[i + 1 :]:
                assert not box.overlaps(other), (name, text, other_text)


def test_a_task_pair_is_the_same_pair_in_either_order(synthetic):
    meta, explained = synthetic.meta()
    meta["task_pair"] = meta["task_b"] + "-" + meta["task_a"]
    figure = plot_meta_clustering(meta.drop(columns=["task_a", "task_b", "phase"]), explained)
    pairs = [text.get_text() for axes in figure.axes for text in (axes.get_legend().texts if axes.get_legend() else [])]
    assert {"CDM-PR", "CDM-DC", "CDM-GNG", "DC-PR", "DC-GNG", "PR-GNG"} <= set(pairs)
    assert len(figure.axes) == 1 + 3 + 1
