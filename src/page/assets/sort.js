// Sorts tables by a column. A click on its head sorts, the next one turns round, the third is the worker's order.

/** Table → `{ column, isDown }`. */
const orders = new Map();

/** Makes a button of each head. `show` shows a table again. */
export function startSorting(show) {
  for (const head of document.querySelectorAll("thead th")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const id = head.closest("table").tBodies[0].id;
      turn(id, head);
      show(id);
    });
  }
}

/** A copy of the rows in the order that the reader has chosen. */
export function sorted(id, rows) {
  const order = orders.get(id);
  if (order === undefined) return rows;
  const sign = order.isDown ? -1 : 1;
  return rows.toSorted((a, b) => compare(keyOf(a[order.column]), keyOf(b[order.column]), sign));
}

/** Figures begin with the largest, texts with A. */
function turn(id, head) {
  const column = head.cellIndex;
  const before = orders.get(id);
  const isFirstDown = head.classList.contains("number");
  if (before?.column !== column) orders.set(id, { column, isDown: isFirstDown });
  else if (before.isDown === isFirstDown) orders.set(id, { column, isDown: !isFirstDown });
  else orders.delete(id);
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  const order = orders.get(id);
  if (order !== undefined) head.setAttribute("aria-sort", order.isDown ? "descending" : "ascending");
}

function keyOf(cell) {
  return typeof cell === "object" ? (cell.sort ?? cell.text) : cell;
}

/** What has no value comes last, whichever way. */
function compare(a, b, sign) {
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return sign * String(a).localeCompare(String(b), "en", { numeric: true });
}
