// Draws the last hour as lines: one path for each series, in a drawing of 720 by 100.

import { write } from "./tables.js";

const WIDTH = 720;
const HEIGHT = 100;
const HOUR = 3600;
/** Points further apart than this have a gap between them. */
const GAP = 25;
const SVG = "http://www.w3.org/2000/svg";

/** `series` are functions from a point to its value or null; `show` makes a text of a value. */
export function draw(id, { points, now, series, show, names }) {
  const svg = document.getElementById(id);
  const values = points.flatMap((point) => series.map((read) => read(point))).filter((one) => one !== null);
  const top = niceTop(Math.max(0, ...values));
  for (const [at, read] of series.entries()) {
    pathOf(svg, at).setAttribute("d", line(points, { read, now, top }));
  }
  write(document.getElementById(`${id}-top`), values.length === 0 ? "no values yet" : show(top));
  svg.setAttribute("aria-label", describe(points, { series, show, names }));
}

function line(points, { read, now, top }) {
  let last = null;
  return points
    .filter(({ time }) => now - time <= HOUR)
    .map((point) => {
      const value = read(point);
      const isJoined = last !== null && point.time - last <= GAP;
      last = value === null ? null : point.time;
      if (value === null) return "";
      const x = WIDTH - ((now - point.time) / HOUR) * WIDTH;
      const y = HEIGHT - 2 - (value / top) * (HEIGHT - 4);
      // A point alone is drawn, too.
      return `${isJoined ? "L" : `M${(x - 2).toFixed(1)} ${y.toFixed(1)}L`}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}

function pathOf(svg, at) {
  while (svg.children.length <= at) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", svg.children.length === 0 ? "one" : "two");
    svg.append(path);
  }
  return svg.children[at];
}

/** The next of 1, 2 or 5 with zeros. */
function niceTop(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= value) ?? value;
}

/** What a reader of the screen hears. */
function describe(points, { series, show, names }) {
  return series
    .map((read, at) => {
      const values = points.map(read).filter((one) => one !== null);
      if (values.length === 0) return `${names[at]}: no values yet`;
      return `${names[at]}: last ${show(values.at(-1))}, highest of the hour ${show(Math.max(...values))}`;
    })
    .join("; ");
}
