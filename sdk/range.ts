import { strtod } from "../plugins/libc/number.ts";
import { CRITICAL, OK, type State, WARNING } from "./state.ts";

/** A threshold. A value outside of it raises the alert; both ends belong to the range. */
export interface Range {
  /** The lower end: -Infinity for `~`. */
  readonly start: number;
  /** The upper end: Infinity if the text has none. */
  readonly end: number;
  /** True for `@`: a value inside raises the alert. */
  readonly alertsInside: boolean;
  /** The range as the operator wrote it, for perfdata. */
  readonly text: string;
}

/** The two thresholds of a value. One that is undefined never raises an alert. */
export interface Thresholds {
  readonly warning?: Range | undefined;
  readonly critical?: Range | undefined;
}

/**
 * Reads `10`, `10:`, `~:10`, `10:20`, `@10:20` as `parse_range_string` of the plugins does: `strtod` reads
 * the numbers, what follows a number is ignored, and no number is 0. Undefined if the start is above the end:
 * a plugin ends with `Range format incorrect` then.
 */
export function readRange(text: string): Range | undefined {
  const alertsInside = text.startsWith("@");
  const bounds = alertsInside ? text.slice(1) : text;
  const colon = bounds.indexOf(":");
  const end = readEnd(bounds.slice(colon + 1));
  const start = colon < 0 ? 0 : readStart(bounds);
  const isOpen = start === Number.NEGATIVE_INFINITY || end === Number.POSITIVE_INFINITY;
  return isOpen || start <= end ? { start, end, alertsInside, text } : undefined;
}

const STRICT = /^@?(?:(?:~|NUMBER):)?(?:NUMBER)?$/.source.replaceAll(
  "NUMBER",
  "[-+]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)",
);
const IS_STRICT = new RegExp(STRICT);

/**
 * Whether the text is a range as the guidelines for plugins write it, with decimal numbers and nothing else:
 * `10`, `10:`, `~:10`, `10:20`, `@10:20`. `readRange` takes more, as the plugins do.
 */
export function isStrictRange(text: string): boolean {
  return IS_STRICT.test(text) && /[0-9~]/.test(text) && readRange(text) !== undefined;
}

/** The range as the operator wrote it, or in numbers if its text does not fit into perfdata. */
export function renderRange({ start, end, alertsInside, text }: Range): string {
  if (/^[-+@~:.0-9a-zA-Z]*$/.test(text)) return text;
  const from = start === Number.NEGATIVE_INFINITY ? "~:" : start === 0 ? "" : `${start}:`;
  const to = end === Number.POSITIVE_INFINITY ? "" : `${end}`;
  return `${alertsInside ? "@" : ""}${from === "" && to === "" ? "0:" : from}${to}`;
}

function readStart(bounds: string): number {
  return bounds.startsWith("~") ? Number.NEGATIVE_INFINITY : strtod(bounds).value;
}

function readEnd(text: string): number {
  return text === "" ? Number.POSITIVE_INFINITY : strtod(text).value;
}

/**
 * Whether the value raises the alert (`check_range` of the plugins). NaN counts as outside of every bound.
 */
export function checkRange(value: number, { start, end, alertsInside }: Range): boolean {
  const isAbove = start === Number.NEGATIVE_INFINITY || start <= value;
  const isBelow = end === Number.POSITIVE_INFINITY || value <= end;
  return (isAbove && isBelow) === alertsInside;
}

/** The state of a value: CRITICAL, else WARNING, else OK (`get_status` of the plugins). */
export function getStatus(value: number, { warning, critical }: Thresholds): State {
  if (critical !== undefined && checkRange(value, critical)) return CRITICAL;
  return warning !== undefined && checkRange(value, warning) ? WARNING : OK;
}
