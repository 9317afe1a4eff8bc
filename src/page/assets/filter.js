// Keeps the rows that have a text, in the tables that can be long. The key / leads to it.

const FILTERED = ["queues", "jobs", "failing", "slowest", "slowruns", "shadow"];
const QUIET_MS = 700;

const input = document.getElementById("filter");
const counts = new Map();
let quiet;

/** `show` shows a table again. */
export function startFilter(show) {
  input.addEventListener("input", () => {
    for (const id of FILTERED) show(id);
    clearTimeout(quiet);
    quiet = setTimeout(() => tell("filter-news"), QUIET_MS);
  });
  document.addEventListener("keydown", focusOnSlash);
  input.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    input.value = "";
    input.dispatchEvent(new Event("input"));
    input.blur();
  });
}

/** The rows to show, and what to say if there are none. */
export function matching(id, rows, empty) {
  const wanted = input.value.trim().toLowerCase();
  if (wanted === "" || !FILTERED.includes(id)) {
    counts.delete(id);
    tell("filter-count");
    return { rows, empty };
  }
  const kept = rows.filter((cells) => cells.some((cell) => textOf(cell).toLowerCase().includes(wanted)));
  counts.set(id, kept.length);
  tell("filter-count");
  return {
    rows: kept,
    empty: rows.length === 0 ? empty : `No row of ${rows.length} has “${input.value.trim()}”`,
  };
}

function focusOnSlash(event) {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  if (key !== "/" || ctrlKey || metaKey || altKey || target.matches("input[type=search]")) return;
  event.preventDefault();
  input.focus();
  input.select();
}

function textOf(cell) {
  return typeof cell === "object" ? cell.text : cell;
}

function tell(id) {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const text = counts.size === 0 ? "" : `${total} ${total === 1 ? "row" : "rows"}`;
  const element = document.getElementById(id);
  if (element.textContent !== text) element.textContent = text;
}
