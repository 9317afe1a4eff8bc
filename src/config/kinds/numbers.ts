import { warning } from "../problem.ts";
import { quote } from "../quote.ts";
import { type Kind, substituted } from "./kind.ts";

export interface NumberBounds {
  readonly min?: number;
  readonly max?: number;
  /** The value in place of a number below `min`; without it `min` itself. */
  readonly below?: number;
  /** The value in place of a number above `max`; without it `max` itself. */
  readonly above?: number;
}

const MAX_INTEGER = 2 ** 31 - 1;

/**
 * Like C's atoi the digits at the front count, with a warning. A text without any changes nothing: C's 0
 * would be one slot, or a time-out of one second.
 */
export function integer(bounds: NumberBounds = {}): Kind<number> {
  const kind = numeric("whole number", /^[+-]?\d+/, { max: MAX_INTEGER, ...bounds });
  return { ...kind, schema: { ...kind.schema, type: "integer" } };
}

const SECONDS_IN: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** Whole seconds, at most as many as one timer of Node.js can wait (24 days). `1h` is an hour. */
export function seconds(bounds: NumberBounds = {}): Kind<number> {
  const kind = integer({ max: Math.floor(MAX_INTEGER / 1000), ...bounds });
  const read: Kind<number>["read"] = (written, before) => {
    const [, count, unit = ""] = /^(\d{1,9}) ?(m|h|d)(?:in|inutes?|ours?|ays?)?$/i.exec(written.text) ?? [];
    const factor = SECONDS_IN[unit.toLowerCase()];
    if (factor === undefined) return kind.read(written, before);
    const text = String(Number(count) * factor);
    const { value, remarks } = kind.read({ ...written, text }, before);
    const message = `${written.key}: ${quote(written.text)} is taken as ${text} seconds`;
    return { value, remarks: [warning(message, "the C worker reads only the digits"), ...remarks] };
  };
  return { ...kind, read };
}

/** Like C's atof, see `integer`. */
export function decimal(bounds: NumberBounds = {}): Kind<number> {
  return numeric("number", /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i, bounds);
}

function numeric(name: string, pattern: RegExp, bounds: NumberBounds): Kind<number> {
  const { min = 0, max = Number.POSITIVE_INFINITY, below = min, above = max } = bounds;
  const clamp = (number: number) => {
    if (number < min) return below;
    return number > max ? above : number;
  };
  const read: Kind<number>["read"] = ({ key, text }, before) => {
    const digits = pattern.exec(text)?.[0] ?? "";
    if (digits === "")
      return { value: before, remarks: [warning(`${key}: ${quote(text)} is no ${name}, ignored`)] };
    const number = Number(digits);
    const value = clamp(number);
    if (digits !== text) return substituted(value, `${key}: ${quote(text)} is no ${name}, using ${value}`);
    if (value === number) return { value, remarks: [] };
    const fault = number < min ? `less than ${min}` : `more than ${max}`;
    return substituted(value, `${key}: ${number} is ${fault}, using ${value}`);
  };
  const schema = { type: "number", minimum: min, ...(Number.isFinite(max) && { maximum: max }) };
  return { name, schema, read, render: String };
}
