// Reads the plots at one time, the same in all of them: under the pointer, by touch, or with the arrow keys. A
// screen reader finds a slider for each plot. Its value is told when the reader moves, never because data came.

import { HOUR, mark, tell } from "./plot.js";
import { clock } from "./words.js";

/** How many points a key moves. */
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -30, PageUp: 30 };

let plots = [];
let points = [];
let now = 0;
/** The time that is read, in seconds since the epoch; undefined: the latest. */
let chosen;

export function startReadout(all) {
  plots = all;
  for (const plot of plots) listen(plot);
  // A touch elsewhere ends the reading that a touch began.
  document.addEventListener("pointerdown", ({ target }) => {
    if (!plots.some(({ slider }) => slider.contains(target))) choose(undefined);
  });
}

export function showReadout(given, time) {
  points = given;
  now = time;
  markAll();
  const focused = plots.find(({ slider }) => slider === document.activeElement);
  for (const plot of plots) if (plot !== focused) describe(plot);
}

function listen(plot) {
  const { slider, svg } = plot;
  const follow = ({ clientX }) => {
    const { left, width } = svg.getBoundingClientRect();
    choose(now - HOUR * (1 - (clientX - left) / width), plot);
  };
  slider.addEventListener("pointerdown", follow);
  slider.addEventListener("pointermove", follow);
  slider.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse" && document.activeElement !== slider) choose(undefined, plot);
  });
  slider.addEventListener("focus", () => choose(chosen ?? now, plot));
  slider.addEventListener("blur", () => choose(undefined, plot));
  slider.addEventListener("keydown", (event) => {
    const time = timeOf(event.key);
    if (time === null) return;
    event.preventDefault();
    choose(time, plot);
  });
}

/** Where a key leads; null: it is no key of the slider. */
function timeOf(key) {
  if (key === "Escape") return undefined;
  if (key === "Home") return points[0]?.time;
  if (key === "End") return points.at(-1)?.time;
  const step = STEPS[key];
  if (step === undefined) return null;
  const at = chosen === undefined ? points.length - 1 : points.indexOf(nearest(chosen));
  return points[Math.min(Math.max(at + step, 0), points.length - 1)]?.time;
}

function choose(time, plot) {
  chosen = time === undefined ? undefined : nearest(time)?.time;
  markAll();
  if (plot !== undefined) describe(plot);
}

function markAll() {
  const isChosen = chosen !== undefined && points.length > 0;
  const point = isChosen ? nearest(chosen) : points.at(-1);
  for (const plot of plots) mark(plot, point, { now, isChosen });
}

function describe(plot) {
  const { slider } = plot;
  const point = chosen === undefined ? points.at(-1) : nearest(chosen);
  const age = point === undefined ? 0 : Math.min(HOUR, Math.max(0, now - point.time));
  slider.setAttribute("aria-valuenow", String(Math.round(HOUR - age)));
  const when = point === undefined ? "" : clock(point.time);
  slider.setAttribute("aria-valuetext", tell(plot, point, chosen === undefined ? "last" : when));
}

function nearest(time) {
  return points.reduce(
    (best, point) => (Math.abs(point.time - time) < Math.abs(best.time - time) ? point : best),
    points[0],
  );
}
