// One plot: axes with units, a line for each series, a legend with values, and a mark at the time that is read.

import { topOfCounts, topOfSeconds } from "./scales.js";
import { write } from "./tables.js";
import { axisCount, axisSpan, clock } from "./words.js";

export const HOUR = 3600;
const WIDTH = 720;
const HEIGHT = 100;
/** Points further apart than this have a gap between them, in seconds. */
const GAP = 25;
const SVG = "http://www.w3.org/2000/svg";
const CLASSES = ["one", "two"];

/**
 * `spec`: title, unit ("seconds", or what is counted), `show` for values, and series of `{ name, read }`, where
 * `read` gives a point's value or null.
 */
export function createPlot(spec, section) {
  const figure = document.getElementById("plot").content.cloneNode(true).firstElementChild;
  const find = (selector) => figure.querySelector(selector);
  const svg = find("svg");
  const slider = find(".canvas");
  write(find("figcaption"), spec.title);
  slider.setAttribute("aria-label", `${spec.title}, the last hour`);
  const area = pathIn(svg, "area");
  const cursor = pathIn(svg, "cursor");
  const series = spec.series.map(({ name, read }, at) => ({
    name,
    read,
    value: keyIn(find(".legend"), name, CLASSES[at]),
    line: pathIn(svg, CLASSES[at]),
    dot: pathIn(svg, `dot ${CLASSES[at]}`),
  }));
  section.append(figure);
  return {
    spec,
    series,
    slider,
    svg,
    area,
    cursor,
    ticks: find(".ticks").children,
    when: find(".when"),
    top: 1,
  };
}

/** Draws the lines, up to `now`, and the axis. */
export function draw(plot, points, now) {
  const { spec, series, area, ticks } = plot;
  const values = points.flatMap((point) => series.map(({ read }) => read(point) ?? 0));
  plot.top = (spec.unit === "seconds" ? topOfSeconds : topOfCounts)(Math.max(0, ...values));
  for (const [at, share] of [1, 0.5, 0].entries()) write(ticks[at], axisText(spec.unit, plot.top * share));
  for (const [at, { read, line }] of series.entries()) {
    const runs = runsOf(points, read).map((run) =>
      run.map(([time, value]) => placeOf(plot, now - time, value)),
    );
    // A point alone is drawn, too.
    line.setAttribute("d", runs.map((run) => `M${run.join("L")}h0.1`).join(""));
    if (at === 0) area.setAttribute("d", runs.map(closed).join(""));
  }
}

/** Shows the values of a point in the legend, and where it is. Without `isChosen` it is the latest. */
export function mark(plot, point, { now, isChosen }) {
  const { spec, series, cursor, when } = plot;
  const x = point === undefined ? 0 : xOf(now - point.time);
  cursor.setAttribute("d", isChosen ? `M${x} 0V${HEIGHT}` : "");
  write(when, isChosen ? clock(point.time) : "");
  when.hidden = !isChosen;
  when.style.setProperty("--at", `${((x / WIDTH) * 100).toFixed(2)}%`);
  for (const { read, value, dot } of series) {
    const shown = point === undefined ? null : read(point);
    write(value, spec.show(shown));
    const isSeen = isChosen && shown !== null;
    dot.setAttribute("d", isSeen ? `M${placeOf(plot, now - point.time, shown)}h0.1` : "");
  }
}

/** What a reader of the screen hears of a point. */
export function tell({ spec, series }, point, when) {
  if (point === undefined) return "no values yet";
  return `${when}: ${series.map(({ name, read }) => `${name} ${spec.show(read(point))}`).join(", ")}`;
}

function axisText(unit, value) {
  return unit === "seconds" ? axisSpan(value) : axisCount(value, unit);
}

/** The values of points that follow each other, without those that have none. */
function runsOf(points, read) {
  const runs = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    const value = read(point);
    if (value === null) continue;
    if (point.time - last > GAP) runs.push([]);
    runs.at(-1).push([point.time, value]);
    last = point.time;
  }
  return runs;
}

function closed(run) {
  const [from, to] = [run[0], run.at(-1)].map((place) => place.split(" ")[0]);
  return `M${run.join("L")}L${to} ${HEIGHT}L${from} ${HEIGHT}Z`;
}

function placeOf({ top }, age, value) {
  return `${xOf(age)} ${(HEIGHT - 1 - (value / top) * (HEIGHT - 2)).toFixed(1)}`;
}

function xOf(age) {
  return (WIDTH - (Math.min(Math.max(age, 0), HOUR) / HOUR) * WIDTH).toFixed(1);
}

function pathIn(svg, className) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("class", className);
  svg.append(path);
  return path;
}

/** The name with its line, and a place for the value. */
function keyIn(legend, name, className) {
  const [key, value] = ["span", "b"].map((tag) => document.createElement(tag));
  key.className = `key ${className}`;
  key.append(name, " ", value);
  legend.append(key);
  return value;
}
