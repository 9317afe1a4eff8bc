const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
] as const;

/** Seconds for people, in one unit or two: `0.25 s`, `4 min 3 s`, `2 d 5 h`. */
export function renderDuration(seconds: number): string {
  const found = UNITS.findIndex(([, size]) => seconds >= size);
  if (found < 0) return `${seconds < 10 ? Number(seconds.toFixed(2)) : Math.floor(seconds)} s`;
  const [name, size] = UNITS[found] ?? ["s", 1];
  const [nextName, nextSize] = UNITS[found + 1] ?? ["s", 1];
  const next = Math.floor((seconds % size) / nextSize);
  return `${Math.floor(seconds / size)} ${name}${next === 0 ? "" : ` ${next} ${nextName}`}`;
}

/** A time, in seconds since the epoch, by how long ago it was. */
export function renderSince(time: number, now: number): string {
  return `${renderDuration(Math.max(0, now - time))} ago`;
}
