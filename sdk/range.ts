import { strtod } from "../plugins/libc/number.ts";
import { CRITICAL, OK, type State, WARNING } from "./state.ts";

/** A threshold: an alert is raised outside of it, both ends belong to it. */
export interface Range {
  /** -Infinity for `~`. */
  readonly start: number;
  /** Infinity where the text names none. */
  readonly end: number;
  /** `@`: the alert is raised inside. */
  readonly alertsInside: boolean;
  /** As the operator wrote it; perfdata repeats it. */
  readonly text: string;
}

export interface Thresholds {
  readonly warning?: Range | undefined;
  readonly critical?: Range | undefined;
}

/**
 * Reads `10`, `10:`, `~:10`, `10:20`, `@10:20` as `parse_range_string` of the plugins does: numbers as strtod reads them, what
 * follows them ignored, no number is 0. Undefined where the start is above the end; a plugin dies of that
 * (`Range format incorrect`).
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

function readStart(bounds: string): number {
  return bounds.startsWith("~") ? Number.NEGATIVE_INFINITY : strtod(bounds).value;
}

function readEnd(text: string): number {
  return text === "" ? Number.POSITIVE_INFINITY : strtod(text).value;
}

/** Does this value raise the alert? (`check_range` of the plugins; not a number is outside of any bound.) */
export function checkRange(value: number, { start, end, alertsInside }: Range): boolean {
  const isAbove = start === Number.NEGATIVE_INFINITY || start <= value;
  const isBelow = end === Number.POSITIVE_INFINITY || value <= end;
  return (isAbove && isBelow) === alertsInside;
}

/** The state of a value, the critical range asked first (`get_status` of the plugins). */
export function getStatus(value: number, { warning, critical }: Thresholds): State {
  if (critical !== undefined && checkRange(value, critical)) return CRITICAL;
  return warning !== undefined && checkRange(value, warning) ? WARNING : OK;
}
