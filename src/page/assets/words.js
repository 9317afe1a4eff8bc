// How figures are written for people.

/** Seconds as a short text: `0.4 ms`, `12 ms`, `3.1 s`, `4 min`, `2 h`. */
export function span(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 1) return `${(seconds * 1000).toFixed(0)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export function figure(value) {
  if (value === null || value === undefined) return "–";
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString("en");
  return value.toFixed(1);
}

/** The time of day of seconds since the epoch. */
export function clock(time) {
  return new Date(time * 1000).toLocaleTimeString("en-GB");
}

/** A round number of seconds at an axis: `250 ms`, `2.5 s`, `5 min`. */
export function axisSpan(seconds) {
  if (seconds === 0) return "0";
  if (seconds < 1) return `${Number((seconds * 1000).toPrecision(3))} ms`;
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  return seconds < 7200
    ? `${Number((seconds / 60).toPrecision(3))} min`
    : `${Number((seconds / 3600).toPrecision(3))} h`;
}

/** `unit` follows the figure: `250/s`. */
export function axisCount(value, unit) {
  return value === 0 ? "0" : `${figure(value)}${unit}`;
}

/** A cell of a table that shows a figure and is sorted by it. */
export function figureCell(value, more) {
  return { text: figure(value), sort: value, ...more };
}

/** A cell of a table that shows seconds and is sorted by them. */
export function spanCell(seconds, more) {
  return { text: span(seconds), sort: seconds, ...more };
}
