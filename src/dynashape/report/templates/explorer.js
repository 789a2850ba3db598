// The explorer: one state (filters and the chosen comparison), and the map of squares and the statistics that follow it.

const E = DATA.explorer;
const FILTERS = ["analysis", "architecture", "phase", "pair"];
const MEASURES = [
  { name: "accuracy", label: "accuracy in the plane (as published)", low: 0.5, high: 1, sure: ["q_value", "p_value"] },
  { name: "held_out", label: "accuracy, seed left out", low: 0.5, high: 1, sure: ["q_value", "p_value"] },
  { name: "held_out_plane", label: "accuracy in the plane, seed left out", low: 0.5, high: 1, sure: ["q_value", "p_value"] },
  { name: "share", label: "variance share", low: 0, high: 1, sure: ["q_permanova", "permanova_p", "q_value", "p_value"] },
  { name: "omega_squared", label: "omega squared", low: 0, high: 1, sure: ["q_permanova", "permanova_p", "q_value", "p_value"] },
  { name: "silhouette", label: "silhouette", low: 0, high: 1, sure: ["q_value", "p_value"] },
];
const STATISTICS = [
  ["accuracy", "Accuracy in the MDS plane (as published)"],
  ["chance", "Chance: its mean over relabellings"],
  ["p_value", "Permutation p"],
  ["q_value", "False-discovery q"],
  ["held_out_plane", "Accuracy in the plane, seed left out"],
  ["held_out", "Accuracy on full distances, seed left out"],
  ["share", "Variance share (PERMANOVA)"],
  ["omega_squared", "Omega squared"],
  ["permanova_p", "PERMANOVA p"],
  ["q_permanova", "PERMANOVA q (false discovery)"],
  ["max_p", "PERMANOVA p, maximum over the family"],
  ["dispersion_p", "Equal dispersion p"],
  ["silhouette", "Silhouette"],
];
const state = { analysis: "", architecture: "", phase: "", pair: "", measure: "accuracy", chosen: null };
const comparisons = new Map();
let separability, measures;
const onChange = [];

// The place of a name in the reading order; those that are not known come last.
function place(name) {
  const at = WORDS.order.indexOf(name);
  return at < 0 ? WORDS.order.length : at;
}

const inOrder = (values) => [...new Set(values)].sort((a, b) => place(a) - place(b));

function pairOf(row) {
  const name = row.task_pair || `${row.task_a}-${row.task_b}`;
  return WORDS.task_pairs[name] || name;
}

const keyOf = (row) => [row.analysis, row.architecture, row.phase, pairOf(row)].join("|");
const levels = (name) => inOrder([...comparisons.values()].map((comparison) => comparison[name]));
const passes = (comparison) => FILTERS.every((name) => !state[name] || comparison[name] === state[name]);
const measure = () => measures.find((candidate) => candidate.name === state.measure);

function sureness(row) {
  const name = measure().sure.find((candidate) => row[candidate] !== undefined && row[candidate] !== null);
  return name ? { name, value: row[name] } : null;
}

function readComparisons() {
  separability = frame(E.separability);
  for (const row of separability.rows) {
    const key = keyOf(row);
    if (!comparisons.has(key)) {
      comparisons.set(key, {
        key, analysis: String(row.analysis), architecture: row.architecture, phase: row.phase, pair: pairOf(row),
        tasks: [row.task_a, row.task_b], labellings: {},
      });
    }
    comparisons.get(key).labellings[row.labelling] = row;
  }
  const ordered = [...comparisons.values()].sort(
    (a, b) => FILTERS.reduce((found, name) => found || place(a[name]) - place(b[name]), 0) || a.key.localeCompare(b.key),
  );
  comparisons.clear();
  for (const comparison of ordered) comparisons.set(comparison.key, comparison);
  measures = MEASURES.filter(({ name }) => separability.columns.includes(name) && separability.rows.some((row) => row[name] !== null));
}

function fillSelect(select, options) {
  select.replaceChildren(...options.map(([value, label]) => new Option(label, value)));
}

function startFilters() {
  for (const name of FILTERS) {
    const select = byId(`filter-${name}`);
    fillSelect(select, [["", "all"], ...levels(name).map((level) => [level, name === "analysis" ? `${level}: ${WORDS.analyses[level] || ""}` : level])]);
    select.addEventListener("change", () => {
      state[name] = select.value;
      follow();
    });
  }
  const select = byId("filter-measure");
  fillSelect(select, measures.map(({ name, label }) => [name, label]));
  select.addEventListener("change", () => {
    state.measure = select.value;
    follow();
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", () => {
    for (const name of FILTERS) state[name] = "";
    state.measure = measures[0].name;
    setTimeout(follow);
  });
}

function follow() {
  const visible = [...comparisons.values()].filter(passes);
  if (visible.length && (!state.chosen || !passes(comparisons.get(state.chosen)))) state.chosen = firstOf(visible).key;
  byId("announce").textContent = `${visible.length} of ${comparisons.size} comparisons shown`;
  for (const redraw of onChange) redraw();
}

// The first comparison to show: in the phase where there is most to see, if it is among the visible ones.
const firstOf = (visible) => visible.find((comparison) => comparison.phase === WORDS.shown_phase) || visible[0];

function choose(key, { scroll = true } = {}) {
  if (!comparisons.has(key)) return;
  state.chosen = key;
  for (const redraw of onChange) redraw();
  byId("announce").textContent = `Shown: ${titleOf(comparisons.get(key))}`;
  const box = byId("detail").getBoundingClientRect();
  if (scroll && (box.top > window.innerHeight - 120 || box.bottom < 120)) byId("detail").scrollIntoView({ block: "start" });
}

const titleOf = (comparison) => `${comparison.architecture}, ${comparison.phase}, ${comparison.pair}, analysis ${comparison.analysis}`;
const brief = (value) => (value === null || value === undefined ? "" : value >= 0.995 ? "1" : value < 0 ? `−${Math.abs(value).toFixed(2).slice(1)}` : value.toFixed(2).slice(1));

function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

let stops = [];
const readShades = () => {
  stops = [0, 1, 2, 3, 4].map((i) => rgb(variable(`--square-${i}`)));
};

function shade(value) {
  const { low, high } = measure();
  const at = Math.min(Math.max((value - low) / (high - low), 0), 1) * 4;
  const i = Math.min(Math.floor(at), 3);
  const mix = stops[i].map((channel, c) => Math.round(channel + (stops[i + 1][c] - channel) * (at - i)));
  const linear = mix.map((channel) => ((channel / 255) <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return { background: `rgb(${mix.join(",")})`, color: `var(${light > 0.179 ? "--on-light" : "--on-dark"})` };
}

function drawMap() {
  const holder = byId("map");
  const focused = document.activeElement && document.activeElement.dataset.key && holder.contains(document.activeElement) ? { ...document.activeElement.dataset } : null;
  const visible = [...comparisons.values()].filter(passes);
  const pick = (name) => inOrder(visible.map((comparison) => comparison[name]));
  const blocks = [];
  for (const analysis of pick("analysis")) {
    const labellings = inOrder(visible.filter((c) => c.analysis === analysis).flatMap((c) => Object.keys(c.labellings)));
    for (const labelling of labellings) blocks.push(block(analysis, labelling, pick("architecture"), pick("phase"), pick("pair")));
  }
  holder.replaceChildren(legend(), ...blocks);
  const first = holder.querySelector('.square[aria-pressed="true"]') || holder.querySelector(".square:not([disabled])");
  if (first) first.tabIndex = 0;
  if (focused) {
    const again = [...holder.querySelectorAll(".square")].find((square) => square.dataset.key === focused.key && square.dataset.labelling === focused.labelling);
    if (again) enter(again);
  }
}

function block(analysis, labelling, architectures, phases, pairs) {
  const section = document.createElement("div");
  section.className = "block";
  const title = document.createElement("h3");
  title.innerHTML = `<b></b> <span></span>`;
  title.firstChild.textContent = `${labelling[0].toUpperCase()}${labelling.slice(1)} separation`;
  title.lastChild.textContent = `analysis ${analysis}${WORDS.analyses[analysis] ? `: ${WORDS.analyses[analysis]}` : ""}`;
  const table = document.createElement("table");
  table.className = "squares";
  const columns = document.createElement("colgroup");
  columns.append(Object.assign(document.createElement("col"), { className: "label" }), ...architectures.flatMap(() => phases).map(() => document.createElement("col")));
  const head = document.createElement("thead");
  const top = head.insertRow();
  top.append(document.createElement("td"));
  for (const [i, architecture] of architectures.entries()) {
    const cell = Object.assign(document.createElement("th"), { scope: "colgroup", colSpan: phases.length, textContent: architecture });
    if (i) cell.className = "gap";
    top.append(cell);
  }
  const second = head.insertRow();
  second.append(document.createElement("td"));
  const roomy = architectures.length * phases.length <= 6;
  for (const [i] of architectures.entries()) {
    for (const [j, phase] of phases.entries()) {
      const cell = Object.assign(document.createElement("th"), { scope: "col", textContent: roomy ? phase : WORDS.short[phase] || phase.slice(0, 5), abbr: phase });
      if (i && !j) cell.className = "gap";
      second.append(cell);
    }
  }
  const body = document.createElement("tbody");
  for (const pair of pairs) {
    const line = body.insertRow();
    line.append(Object.assign(document.createElement("th"), { scope: "row", textContent: pair }));
    for (const [i, architecture] of architectures.entries()) {
      for (const [j, phase] of phases.entries()) {
        const cell = line.insertCell();
        if (i && !j) cell.className = "gap";
        cell.append(square([analysis, architecture, phase, pair].join("|"), labelling));
      }
    }
  }
  table.append(columns, head, body);
  section.append(title, table);
  return section;
}

function square(key, labelling) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "square", tabIndex: -1 });
  const comparison = comparisons.get(key);
  const row = comparison && comparison.labellings[labelling];
  Object.assign(button.dataset, { key, labelling });
  if (!row || row[state.measure] === null || row[state.measure] === undefined) {
    button.classList.add("missing");
    button.disabled = !row;
    button.setAttribute("aria-label", row ? `${titleOf(comparison)}: no value. ${row.message || ""}` : "not part of the study");
    if (row) button.title = row.message || "no value";
    button.setAttribute("aria-pressed", String(key === state.chosen));
    return button;
  }
  const value = row[state.measure];
  button.textContent = brief(value);
  Object.assign(button.style, shade(value));
  button.dataset.value = value;
  const sure = sureness(row);
  if (sure && sure.value <= WORDS.alpha) button.append(Object.assign(document.createElement("span"), { className: "dot" }));
  const certainty = sure ? `, ${sure.name[0] === "q" ? "q" : "p"} ${shown(sure.value)}` : "";
  button.title = `${titleOf(comparison)}\n${labelling} separation: ${measure().label} ${shown(value)}${certainty}`;
  button.setAttribute("aria-label", `${brief(value)}: ${button.title.replace("\n", ": ")}`);
  button.setAttribute("aria-pressed", String(key === state.chosen));
  return button;
}

function legend() {
  const { low, high, label } = measure();
  const box = Object.assign(document.createElement("div"), { className: "legend" });
  box.innerHTML = '<div class="ramp"></div><div class="ends"><span></span><span></span><span></span></div><div class="words"></div>';
  const [left, middle, right] = box.querySelectorAll(".ends span");
  left.textContent = low;
  right.textContent = high;
  middle.textContent = label;
  const chances = separability.rows.map((row) => row.chance).filter((value) => typeof value === "number");
  const letter = separability.rows.some((row) => sureness(row) && sureness(row).name[0] === "q") ? "q" : "p";
  box.querySelector(".words").textContent = `● ${letter} ≤ ${WORDS.alpha}`;
  if (state.measure === "accuracy" && chances.length) {
    const chance = chances.reduce((sum, value) => sum + value, 0) / chances.length;
    const mark = Object.assign(document.createElement("div"), { className: "chance" });
    mark.style.left = `${(100 * (chance - low)) / (high - low)}%`;
    box.querySelector(".ramp").append(mark);
    box.querySelector(".words").textContent += ` · the mark is chance, ${chance.toFixed(2)}`;
  }
  return box;
}

function enter(target) {
  for (const square of byId("map").querySelectorAll('.square[tabindex="0"]')) square.tabIndex = -1;
  target.tabIndex = 0;
  target.focus();
}

// One stop for the tab key, arrows inside: 288 stops would make the page unusable from the keyboard.
function moveFocus(event) {
  const here = event.target.closest(".square");
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!here || !step) return;
  event.preventDefault();
  const rows = [...byId("map").querySelectorAll("tbody tr")].map((line) => [...line.querySelectorAll(".square")]);
  const i = rows.findIndex((line) => line.includes(here));
  const next = rows[i + step[0]] && rows[i + step[0]][rows[i].indexOf(here) + step[1]];
  if (next && !next.disabled) enter(next);
}

function drawStatistics() {
  const comparison = comparisons.get(state.chosen);
  if (!comparison) return;
  const labellings = inOrder(Object.keys(comparison.labellings));
  byId("detail-title").textContent = `${comparison.architecture} · ${comparison.phase} · ${comparison.pair} · analysis ${comparison.analysis}`;
  const first = comparison.labellings[labellings[0]];
  const systems = first.n_systems === undefined ? "" : `${first.n_systems} systems: two tasks, two conditions (${WORDS.analyses[comparison.analysis] || ""}), and the same seeds in each. `;
  const lost = first.n_left_out ? `${first.n_left_out} systems are left out. ` : "";
  const status = first.status && first.status !== WORDS.ok ? `${first.message || first.status} ` : "";
  const test = first.n_relabellings ? "p-values: exchangeable relabellings, whole networks for task, the two conditions of a network otherwise. " : "";
  byId("detail-text").textContent = status + systems + lost + test;
  const table = byId("statistics");
  const head = document.createElement("thead");
  const line = head.insertRow();
  line.append(document.createElement("td"), ...labellings.map((name) => Object.assign(document.createElement("th"), { scope: "col", textContent: name })));
  const body = document.createElement("tbody");
  for (const [name, label] of STATISTICS) {
    if (!separability.columns.includes(name)) continue;
    const drawn = body.insertRow();
    drawn.append(Object.assign(document.createElement("th"), { scope: "row", textContent: label }));
    for (const labelling of labellings) {
      const row = comparison.labellings[labelling];
      const cell = drawn.insertCell();
      cell.textContent = shown(row[name], true);
      Object.assign(cell.dataset, { statistic: name, labelling, value: row[name] });
      const [low, high] = [row[`${name}_low`], row[`${name}_high`]];
      if (typeof low === "number" && typeof high === "number") cell.append(Object.assign(document.createElement("span"), { className: "interval", textContent: ` [${low.toFixed(2)}, ${high.toFixed(2)}]` }));
    }
  }
  table.replaceChildren(head, body);
}

function startExplorer() {
  readComparisons();
  readShades();
  startFilters();
  byId("map").addEventListener("click", (event) => {
    const target = event.target.closest(".square");
    if (target) choose(target.dataset.key);
  });
  byId("map").addEventListener("keydown", moveFocus);
  onChange.push(drawMap, drawStatistics);
  onTheme.push(readShades, drawMap);
  follow();
}
