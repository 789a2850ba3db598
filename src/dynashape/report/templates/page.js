// The page itself: its theme, its contents list, and what its buttons save.

const byId = (id) => document.getElementById(id);
const DATA = JSON.parse(byId("data").textContent);
// Order, names, colours and markers of the study, as vocabulary.py writes them.
const WORDS = DATA.words;
const onTheme = [];
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
const THEMES = ["auto", "light", "dark"];
let theme = "auto";

function remember(value) {
  try {
    if (value === undefined) return window.localStorage.getItem("dynashape-theme");
    window.localStorage.setItem("dynashape-theme", value);
  } catch (error) {
    // A page opened from disk may have no storage; the choice then lasts as long as the page.
  }
  return null;
}

function applyTheme(name) {
  theme = THEMES.includes(name) ? name : "auto";
  const dark = theme === "dark" || (theme === "auto" && systemDark.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  byId("theme").textContent = `Theme: ${theme}`;
  for (const redraw of onTheme) redraw();
}

function variable(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function save(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// A figure as it was drawn: the page's variables give way to the colours behind them.
function svgText(name) {
  const svg = document.querySelector(`#${CSS.escape(name)} .paper svg`).cloneNode(true);
  const box = svg.viewBox.baseVal;
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  svg.setAttribute("width", `${box.width}pt`);
  svg.setAttribute("height", `${box.height}pt`);
  return new XMLSerializer().serializeToString(svg).replace(/var\(--[a-z-]+,\s*(#[0-9a-f]{3,8})\)/gi, "$1");
}

function startPage() {
  applyTheme(remember());
  systemDark.addEventListener("change", () => applyTheme(theme));
  byId("theme").addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    remember(next);
    applyTheme(next);
  });
  const before = { theme: null };
  window.addEventListener("beforeprint", () => {
    before.theme = theme;
    applyTheme("light");
  });
  window.addEventListener("afterprint", () => applyTheme(before.theme));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.svg) save(`${button.dataset.svg}.svg`, "image/svg+xml", svgText(button.dataset.svg));
    if (button.dataset.csv) save(`${button.dataset.csv}.csv`, "text/csv", csvText(frame(button.dataset.csv)));
  });
  startContents();
}

function startContents() {
  const contents = byId("toc");
  const narrow = window.matchMedia("(max-width: 1099px)");
  const fold = () => contents.toggleAttribute("open", !narrow.matches);
  fold();
  narrow.addEventListener("change", fold);
  contents.addEventListener("click", (event) => {
    if (event.target.closest("a") && narrow.matches) contents.removeAttribute("open");
  });
  const links = new Map();
  for (const link of contents.querySelectorAll("a")) {
    const target = byId(link.hash.slice(1));
    if (target) links.set(target, link);
  }
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(entry.target).setAttribute("aria-current", "true");
      }
    },
    { rootMargin: "-15% 0px -75% 0px" },
  );
  for (const target of links.keys()) watcher.observe(target);
}
