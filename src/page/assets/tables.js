// Writes rows into tables. A row that is there is used again and only changed texts are written, so that nothing
// moves while data comes in.

import { matching } from "./filter.js";
import { sorted } from "./sort.js";

/** Table → the rows it was given last. */
const tables = new Map();

/**
 * `rows` are lists of cells: a text, or `{ text, title, bad, sort }`, where `sort` is the value behind the text.
 * `empty` is shown if there are none.
 */
export function fill(id, rows, empty) {
  tables.set(id, { rows, empty });
  showTable(id);
}

/** Shows a table's rows as the reader wants them. */
export function showTable(id) {
  const given = tables.get(id);
  if (given === undefined) return;
  const { rows, empty } = matching(id, given.rows, given.empty);
  const body = document.getElementById(id);
  const columns = body.parentElement.querySelectorAll("th");
  const isEmpty = rows.length === 0;
  if (body.dataset.empty !== String(isEmpty)) body.replaceChildren();
  body.dataset.empty = String(isEmpty);
  if (isEmpty) writeEmpty(body, columns.length, empty);
  else writeRows(body, columns, sorted(id, rows));
}

export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function writeRows(body, columns, rows) {
  while (body.rows.length > rows.length) body.lastElementChild.remove();
  for (const [at, cells] of rows.entries()) writeRow(body.rows[at] ?? addRow(body, columns), cells);
}

function addRow(body, columns) {
  const row = body.insertRow();
  for (const { className } of columns) row.insertCell().className = className;
  return row;
}

function writeRow(row, cells) {
  for (const [at, given] of cells.entries()) {
    const { text, title = text, bad = false } = typeof given === "object" ? given : { text: given };
    const cell = row.cells[at];
    write(cell, text);
    if (cell.title !== title) cell.title = title;
    cell.classList.toggle("bad", bad);
  }
}

function writeEmpty(body, columns, text) {
  const cell = body.rows[0]?.cells[0] ?? body.insertRow().insertCell();
  cell.colSpan = columns;
  cell.className = "empty";
  write(cell, text);
}
