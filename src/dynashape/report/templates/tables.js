// Tables: read from the page's data, shown, sorted, and written as CSV.

const ROWS_AT_FIRST = 15;

// A table of the page's data, with its rows as objects.
function frame(name) {
  const raw = DATA.tables[name];
  const length = raw.values.length ? raw.values[0].length : 0;
  const rows = Array.from({ length }, (_, i) => Object.fromEntries(raw.columns.map((column, j) => [column, raw.values[j][i]])));
  return { columns: raw.columns, rows };
}

function csvText({ columns, rows }) {
  const cell = (value) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))].map((line) => line.map(cell).join(",")).join("\n") + "\n";
}

// A whole number is printed as a fraction only in a column of fractions: 1 of 20 systems, but an accuracy of 1.000.
function shown(value, fraction = false) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "number" || (Number.isInteger(value) && !fraction)) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 1e5) ? value.toExponential(1) : value.toFixed(size < 0.1 ? 4 : 3);
}

function showTable(table) {
  const { columns, rows } = frame(table.dataset.table);
  const kinds = columns.map((column) => {
    const values = rows.map((row) => row[column]).filter((value) => value !== null);
    if (values.length && values.every((value) => typeof value === "number")) return "number";
    return values.some((value) => String(value).length > 40) ? "words" : "";
  });
  const fractions = columns.map((column) => rows.some((row) => typeof row[column] === "number" && !Number.isInteger(row[column])));
  let sorted = null;
  let all = rows.length <= ROWS_AT_FIRST;
  const more = document.createElement("button");
  more.type = "button";
  more.addEventListener("click", () => {
    all = !all;
    draw();
  });
  if (!all) table.closest(".card").querySelector(".buttons").prepend(more);

  function order() {
    if (!sorted) return rows;
    const sign = sorted.down ? -1 : 1;
    return [...rows].sort((a, b) => {
      const [x, y] = [a[sorted.column], b[sorted.column]];
      if (x === null || y === null) return (x === null) - (y === null);
      return sign * (x < y ? -1 : x > y ? 1 : 0);
    });
  }

  function draw() {
    const head = document.createElement("thead");
    const line = head.insertRow();
    columns.forEach((column, j) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.className = kinds[j];
      const button = document.createElement("button");
      button.type = "button";
      const mark = sorted && sorted.column === column ? (sorted.down ? " ↓" : " ↑") : "";
      button.textContent = column.replaceAll("_", " ") + mark;
      if (mark) cell.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      button.addEventListener("click", () => {
        sorted = { column, down: Boolean(sorted && sorted.column === column && !sorted.down) };
        draw();
        table.querySelectorAll("th button")[j].focus();
      });
      cell.append(button);
      line.append(cell);
    });
    const body = document.createElement("tbody");
    for (const row of all ? order() : order().slice(0, ROWS_AT_FIRST)) {
      const drawn = body.insertRow();
      if (row.reached === false || (row.status !== undefined && row.status !== null && row.status !== WORDS.ok)) drawn.className = "flag";
      columns.forEach((column, j) => {
        const cell = drawn.insertCell();
        cell.className = kinds[j];
        cell.textContent = shown(row[column], fractions[j]);
        if (kinds[j] === "number" && row[column] !== null) cell.title = String(row[column]);
      });
    }
    table.replaceChildren(head, body);
    more.textContent = all ? `Show the first ${ROWS_AT_FIRST}` : `Show all ${rows.length} rows`;
  }
  draw();
}

function startTables() {
  for (const table of document.querySelectorAll("table[data-table]")) showTable(table);
}
