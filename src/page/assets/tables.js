// Writes rows into tables. A row that is there is used again and only changed texts are written, so that nothing
// moves while data comes in.

/** `rows` are lists of cells: a text, or `{ text, title, bad }`. `empty` is shown if there are none. */
export function fill(id, rows, empty) {
  const body = document.getElementById(id);
  const columns = body.parentElement.querySelectorAll("th");
  const isEmpty = rows.length === 0;
  if (body.dataset.empty !== String(isEmpty)) body.replaceChildren();
  body.dataset.empty = String(isEmpty);
  if (isEmpty) {
    writeEmpty(body, columns.length, empty);
    return;
  }
  while (body.rows.length > rows.length) body.lastElementChild.remove();
  for (const [at, cells] of rows.entries()) {
    writeRow(body.rows[at] ?? addRow(body, columns), cells);
  }
}

export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
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
