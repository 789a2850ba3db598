// The interactive plots, all drawn from the page's data and the explorer's state; then the start of everything.

const NEARNESS = WORDS.nearness.map((colour, i, all) => [i / (all.length - 1), colour]);
const CONFIG = { displayModeBar: false, responsive: false, scrollZoom: false };
const behind = {};
const plots = [];
let embeddings, meta, accuracies;

function loadPlotly() {
  if (window.Plotly) return;
  const script = document.createElement("script");
  script.textContent = byId("plotly").textContent;
  document.head.append(script);
}

// A plot is drawn when it comes near the window, and again when something changes while it is there.
function addPlot(name, paint) {
  const plot = { holder: byId(name), stale: true, near: false, click: null };
  plot.update = () => {
    if (!plot.near) {
      plot.stale = true;
      return;
    }
    loadPlotly();
    paint();
    plot.stale = false;
    if (plot.click && !plot.listening) {
      plot.holder.on("plotly_click", plot.click);
      plot.listening = true;
    }
  };
  new IntersectionObserver((entries) => {
    plot.near = entries[entries.length - 1].isIntersecting;
    // Apart from each other, so that the page answers between one plot and the next.
    if (plot.near && plot.stale) setTimeout(() => plot.stale && plot.update());
  }, { rootMargin: "250px 0px" }).observe(plot.holder);
  plots.push(plot);
  return plot;
}

// The colour and the marker of a level of a factor; a level that is not known gets a spare one by its place.
const spare = (all, level, levelsOf) => all[Math.max(levelsOf.indexOf(level), 0) % all.length];
const colourOf = (kind, level, levelsOf) => inTheme((WORDS.colours[kind] || {})[level] || spare(WORDS.spare_colours, level, levelsOf));
const markerOf = (kind, level, levelsOf) => WORDS.markers[kind][level] || spare(WORDS.spare_markers, level, levelsOf);
// A colour that would sink into a dark page gives way to the page's own.
const inTheme = (colour) => (WORDS.themed[colour] ? variable(WORDS.themed[colour]) : colour);

function layout(extra) {
  const ink = variable("--ink");
  return {
    margin: { l: 12, r: 12, t: 8, b: 8 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: false, hovermode: "closest",
    font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: ink },
    hoverlabel: { bgcolor: variable("--card"), bordercolor: variable("--line"), font: { color: ink, size: 12 } },
    legend: { orientation: "h", y: -0.02, yanchor: "top", x: 0.5, xanchor: "center", itemclick: false, itemdoubleclick: false }, ...extra,
  };
}

const plain = () => ({ showgrid: false, zeroline: false, showticklabels: false, ticks: "", showline: true, mirror: true, linecolor: variable("--line"), fixedrange: true });

function draw(name, traces, form, words, table) {
  const holder = byId(name);
  behind[name] = table;
  holder.setAttribute("aria-label", words);
  return Plotly.react(holder, traces, { width: holder.clientWidth, ...form }, CONFIG);
}

function systemWords(system) {
  const accuracy = accuracies.get([system.architecture, system.task, system.seed].join("|"));
  const learnt = accuracy === undefined || accuracy === null ? "" : `<br>accuracy after training ${accuracy.toFixed(3)}`;
  return `<b>${system.task}</b>, seed ${system.seed}, ${system.condition}${learnt}`;
}

function drawEmbedding() {
  const comparison = comparisons.get(state.chosen);
  const points = embeddings ? embeddings.rows.filter((row) => keyOf(row) === state.chosen) : [];
  const tasks = levelsIn(points, "task");
  const traces = [];
  for (const task of tasks) {
    for (const condition of levelsIn(points, "condition")) {
      const own = points.filter((row) => row.task === task && row.condition === condition);
      traces.push({
        type: "scatter", mode: "markers", name: `${task}, ${condition}`, x: own.map((row) => row.x), y: own.map((row) => row.y),
        text: own.map(systemWords), hovertemplate: "%{text}<extra></extra>",
        marker: { size: 11, symbol: markerOf("task", task, tasks).plotly + (WORDS.fills[condition] ?? ""), color: colourOf("task", task, tasks), line: { width: 1.6, color: colourOf("task", task, tasks) } },
      });
    }
  }
  const stress = points.length ? points[0].stress : null;
  byId("caption-embedding").textContent = points.length
    ? `Each point is one network in one condition (n = ${points.length})${stress === null || stress === undefined ? "" : `; stress ${stress.toFixed(2)}`}.`
    : "This comparison has no map.";
  const form = layout({ height: 350, ...squared(points), legend: { ...layout().legend, font: { size: 11 } } });
  draw("plot-embedding", traces, form, `MDS map of ${titleOf(comparison)}, ${points.length} points.`, { columns: embeddings ? embeddings.columns : [], rows: points });
}

// A square frame with equal units on both axes, whatever the shape of the cloud in it.
function squared(rows) {
  const span = (name) => {
    const values = rows.map((row) => row[name]);
    return [Math.min(...values), Math.max(...values)];
  };
  const [x, y] = [span("x"), span("y")];
  const reach = 0.58 * Math.max(x[1] - x[0], y[1] - y[0], 1e-9);
  const around = ([low, high]) => [(low + high) / 2 - reach, (low + high) / 2 + reach];
  return {
    xaxis: { ...plain(), range: rows.length ? around(x) : [0, 1], constrain: "domain" },
    yaxis: { ...plain(), range: rows.length ? around(y) : [0, 1], constrain: "domain", scaleanchor: "x" },
  };
}

const levelsIn = (rows, name) => inOrder(rows.map((row) => String(row[name])));

function submatrix(comparison) {
  const matrix = E.distances[`${comparison.architecture}|${comparison.phase}`];
  if (!matrix) return null;
  const { upper, unit } = matrix;
  const systems = frame(matrix.systems).rows;
  const n = systems.length;
  const conditions = new Set(embeddings ? embeddings.rows.filter((row) => keyOf(row) === comparison.key).map((row) => row.condition) : []);
  const rank = (name) => {
    const levels = levelsIn(systems, name);
    return (a, b) => levels.indexOf(String(a[name])) - levels.indexOf(String(b[name]));
  };
  const [byTask, byCondition] = [rank("task"), rank("condition")];
  const chosen = systems
    .map((system, index) => ({ ...system, architecture: comparison.architecture, index }))
    .filter((system) => comparison.tasks.includes(system.task) && (conditions.size === 0 || conditions.has(system.condition)))
    .sort((a, b) => byTask(a, b) || byCondition(a, b) || a.seed - b.seed);
  const at = (i, j) => {
    if (i === j) return 0;
    const [a, b] = i < j ? [i, j] : [j, i];
    return upper[a * n - (a * (a + 1)) / 2 + b - a - 1];
  };
  return { chosen, unit, values: chosen.map((a) => chosen.map((b) => at(a.index, b.index))) };
}

function drawDistances() {
  const comparison = comparisons.get(state.chosen);
  const found = submatrix(comparison);
  if (!found) {
    byId("caption-distances").textContent = "The report holds no distances of this comparison.";
    draw("plot-distances", [], layout({ height: 350, xaxis: { visible: false }, yaxis: { visible: false } }), "No distances.", { columns: [], rows: [] });
    return;
  }
  const { chosen, unit, values } = found;
  const groups = [];
  chosen.forEach((system, i) => {
    const name = `${system.task}<br>${system.condition}`;
    if (groups.length && groups[groups.length - 1].name === name) groups[groups.length - 1].stop = i + 1;
    else groups.push({ name, start: i, stop: i + 1 });
  });
  const words = chosen.map((a) => chosen.map((b) => `${systemWords(a)}<br>${systemWords(b)}`));
  // As large as neighbouring labels allow: a letter is about .55 of the size of its font.
  const side = Math.min(byId("plot-distances").clientWidth - 44, 276);
  const letters = Math.max(...groups.flatMap((g) => g.name.split("<br>").map((line) => line.length))) + 1.5;
  const size = Math.min(10, Math.max(8, side / groups.length / letters / 0.55));
  const ticks = { tickvals: groups.map((g) => (g.start + g.stop - 1) / 2), ticktext: groups.map((g) => g.name), showgrid: false, zeroline: false, ticks: "", tickangle: 0, tickfont: { size }, fixedrange: true, constrain: "domain" };
  const borders = groups.slice(1).flatMap((g) => [
    { type: "line", x0: g.start - 0.5, x1: g.start - 0.5, y0: -0.5, y1: chosen.length - 0.5, line: { color: variable("--card"), width: 2 } },
    { type: "line", y0: g.start - 0.5, y1: g.start - 0.5, x0: -0.5, x1: chosen.length - 0.5, line: { color: variable("--card"), width: 2 } },
  ]);
  // Its own scale: on one for all comparisons, most would be one dark square.
  const farthest = Math.max(...values.flat().map((value) => value ?? 0)) || 1;
  byId("caption-distances").textContent = "Dark is near, on this comparison's own scale. Systems ordered by task, condition and seed.";
  const trace = {
    type: "heatmap", z: values, text: words, hovertemplate: `%{text}<br>distance %{z:.3f} ${unit}<extra></extra>`, colorscale: NEARNESS, zmin: 0, zmax: farthest, hoverongaps: false,
    colorbar: { orientation: "h", thickness: 7, len: 0.6, y: -0.14, yanchor: "top", ypad: 0, outlinewidth: 0, tickfont: { size: 10 }, nticks: 4 },
  };
  const form = layout({ height: 350, margin: { l: 36, r: 8, t: 8, b: 66 }, xaxis: ticks, yaxis: { ...ticks, tickangle: -90, autorange: "reversed", scaleanchor: "x" }, shapes: borders });
  const names = chosen.map((system) => [system.task, system.condition, system.seed].join(" "));
  const table = { columns: ["system", ...names], rows: names.map((name, i) => Object.fromEntries([["system", name], ...names.map((other, j) => [other, values[i][j]])])) };
  draw("plot-distances", [trace], form, `Distances between the ${chosen.length} systems of ${titleOf(comparison)}.`, table);
}

function drawProfile() {
  const visible = [...comparisons.values()].filter(passes);
  const phases = levels("phase");
  const analyses = inOrder(visible.map((comparison) => comparison.analysis));
  const stacked = byId("plot-profile").clientWidth < 480 && analyses.length > 1;
  const traces = [], shapes = [], notes = [], named = new Set(), rows = [];
  const form = { height: stacked ? 620 : 380, margin: { l: 44, r: 8, t: 28, b: 8 } };
  analyses.forEach((analysis, panel) => {
    const suffix = panel ? String(panel + 1) : "";
    const own = visible.filter((comparison) => comparison.analysis === analysis);
    const labellings = inOrder(own.flatMap((comparison) => Object.keys(comparison.labellings)));
    labellings.forEach((labelling, i) => {
      const offset = (i - (labellings.length - 1) / 2) * 0.36;
      const points = own.filter((comparison) => typeof (comparison.labellings[labelling] || {})[state.measure] === "number");
      const value = (comparison) => comparison.labellings[labelling][state.measure];
      for (const comparison of points) rows.push({ analysis, labelling, architecture: comparison.architecture, phase: comparison.phase, task_pair: comparison.pair, [state.measure]: value(comparison) });
      const colour = colourOf("labelling", labelling, labellings);
      traces.push({
        type: "scatter", mode: "markers", showlegend: false, xaxis: `x${suffix}`, yaxis: `y${suffix}`, y: points.map(value),
        x: points.map((comparison, j) => phases.indexOf(comparison.phase) + offset + (((j * 7) % 11) / 11 - 0.45) * 0.24),
        customdata: points.map((comparison) => comparison.key), text: points.map((comparison) => `<b>${titleOf(comparison)}</b><br>${labelling} separation ${shown(value(comparison))}`),
        hovertemplate: "%{text}<extra></extra>", marker: { size: 5, color: colour, opacity: 0.5 },
      });
      const means = phases.map((phase) => {
        const values = points.filter((comparison) => comparison.phase === phase).map(value);
        return values.length ? values.reduce((sum, one) => sum + one, 0) / values.length : null;
      });
      traces.push({
        type: "scatter", mode: "lines+markers", name: labelling, legendgroup: labelling, showlegend: !named.has(labelling), xaxis: `x${suffix}`, yaxis: `y${suffix}`,
        x: phases.map((_, j) => j + offset), y: means, connectgaps: true, hovertemplate: `mean of ${labelling} separation: %{y:.3f}<extra></extra>`,
        line: { color: colour, width: 2.5, dash: WORDS.dashes[labelling] || "solid" }, marker: { size: 10, color: colour, line: { color: variable("--card"), width: 1.5 } },
      });
      named.add(labelling);
    });
    const chances = own.flatMap((comparison) => Object.values(comparison.labellings).map((row) => row.chance)).filter((value) => typeof value === "number");
    if (state.measure === "accuracy" && chances.length) {
      const chance = chances.reduce((sum, value) => sum + value, 0) / chances.length;
      shapes.push({ type: "line", xref: `x${suffix}`, yref: `y${suffix}`, x0: -0.5, x1: phases.length - 0.5, y0: chance, y1: chance, line: { color: variable("--muted"), width: 1, dash: "dash" } });
      notes.push({ xref: `x${suffix}`, yref: `y${suffix}`, x: phases.length - 0.5, y: chance, text: "chance", showarrow: false, xanchor: "right", yanchor: "bottom", font: { size: 10, color: variable("--muted") } });
    }
    const share = 1 / analyses.length;
    const span = stacked ? [0, 1] : [panel * share + (panel ? 0.045 : 0), (panel + 1) * share - (panel < analyses.length - 1 ? 0.02 : 0)];
    const rise = stacked ? [1 - (panel + 1) * share + (panel ? 0 : 0.08), 1 - panel * share - (panel ? 0.06 : 0)] : [0, 1];
    form[`xaxis${suffix}`] = { domain: span, anchor: `y${suffix}`, range: [-0.5, phases.length - 0.5], tickvals: phases.map((_, j) => j), ticktext: phases, showgrid: false, zeroline: false, fixedrange: true, tickfont: { size: 11 } };
    form[`yaxis${suffix}`] = { domain: rise, anchor: `x${suffix}`, range: [measure().low - 0.04, measure().high + 0.03], gridcolor: variable("--line"), zeroline: false, fixedrange: true, tickfont: { size: 11 } };
    notes.push({ xref: `x${suffix} domain`, yref: `y${suffix} domain`, x: 0, y: 1.02, text: `<b>analysis ${analysis}</b>`, showarrow: false, xanchor: "left", yanchor: "bottom" });
  });
  byId("caption-profile").textContent = `${measure().label[0].toUpperCase()}${measure().label.slice(1)}: dots are comparisons (n = ${visible.length}), lines their means. Choose a dot to open it.`;
  draw("plot-profile", traces, layout({ ...form, shapes, annotations: notes, legend: { ...layout().legend, y: stacked ? -0.05 : -0.09 } }), `${measure().label} over the phases for ${visible.length} comparisons.`,
    { columns: ["analysis", "labelling", "architecture", "phase", "task_pair", state.measure], rows });
}

function drawMeta() {
  const rows = meta.rows.map((row) => ({ ...row, analysis: String(row.analysis), pair: pairOf(row) }));
  const kind = byId("colour-by").value;
  const kinds = levelsIn(rows, kind);
  const architectures = rows[0].architecture === undefined ? [] : levelsIn(rows, "architecture");
  const inside = (row) => FILTERS.every((name) => !state[name] || row[name] === undefined || row[name] === state[name]);
  const traces = kinds.map((level) => {
    const own = rows.filter((row) => String(row[kind]) === level);
    return {
      type: "scatter", mode: "markers", name: kind === "analysis" || kind === "group" ? `${kind} ${level}` : level, x: own.map((row) => row.x), y: own.map((row) => row.y),
      customdata: own.map((row) => row), text: own.map((row) => `<b>${["architecture", "phase", "pair"].map((name) => row[name]).filter(Boolean).join(", ")}</b><br>analysis ${row.analysis}${row.group === undefined ? "" : `, group ${row.group}`}`),
      hovertemplate: "%{text}<extra></extra>",
      marker: { size: 8, color: colourOf(kind, level, kinds), symbol: own.map((row) => markerOf("architecture", row.architecture, architectures).plotly), opacity: own.map((row) => (inside(row) ? 0.9 : 0.08)), line: { width: 0 } },
    };
  });
  const shapes = architectures.map((name) => `${markerOf("architecture", name, architectures).character} ${name}`).join("  ");
  byId("caption-meta").textContent = `MDS of the combined results of both analyses (n = ${rows.length}); what the filters leave out is faint. ${shapes}`;
  draw("plot-meta", traces, layout({ height: 360, ...squared(rows) }), `Map of ${rows.length} points, coloured by ${kind}.`, meta);
}

function openFromMeta(row) {
  const candidates = [...comparisons.values()].filter((comparison) => FILTERS.every((name) => row[name] === undefined || comparison[name] === row[name]));
  const current = comparisons.get(state.chosen);
  const best = candidates.find((comparison) => comparison.phase === current.phase) || candidates[0];
  if (best) choose(best.key);
}

function readPlots() {
  embeddings = E.embeddings ? frame(E.embeddings) : null;
  meta = E.meta ? frame(E.meta) : null;
  accuracies = new Map(E.networks ? frame(E.networks).rows.map((row) => [[row.architecture, row.task, row.seed].join("|"), row.accuracy]) : []);
}

function startPlots() {
  readPlots();
  addPlot("plot-embedding", drawEmbedding);
  addPlot("plot-distances", drawDistances);
  addPlot("plot-profile", drawProfile).click = (event) => event.points[0].customdata && choose(event.points[0].customdata);
  if (meta) {
    const names = { analysis: "analysis", phase: "phase", architecture: "architecture", pair: "task pair", group: "group" };
    const present = Object.keys(names).filter((name) => (name === "pair" ? ["task_a", "task_pair", "pair"].some((column) => meta.columns.includes(column)) : meta.columns.includes(name)));
    fillSelect(byId("colour-by"), present.map((name) => [name, names[name]]));
    const plot = addPlot("plot-meta", drawMeta);
    plot.click = (event) => openFromMeta(event.points[0].customdata);
    byId("colour-by").addEventListener("change", plot.update);
  } else {
    byId("meta").remove();
  }
  const redraw = () => plots.forEach((plot) => plot.update());
  onChange.push(redraw);
  onTheme.push(redraw);
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    requestAnimationFrame(redraw);
  });
  window.addEventListener("beforeprint", () => {
    for (const plot of plots) plot.near = true;
    redraw();
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { plotSvg, plotCsv } = button.dataset;
    if (plotCsv) save(`${plotCsv}.csv`, "text/csv", csvText(behind[plotCsv]));
    if (plotSvg) {
      const holder = byId(plotSvg);
      const uri = await Plotly.toImage(holder, { format: "svg", width: holder.clientWidth, height: holder.clientHeight });
      save(`${plotSvg}.svg`, "image/svg+xml", decodeURIComponent(uri.slice(uri.indexOf(",") + 1)));
    }
  });
}

startPage();
startTables();
if (E) {
  startExplorer();
  startPlots();
}
document.documentElement.dataset.ready = "true";
