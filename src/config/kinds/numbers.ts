import { quote } from "../quote.ts";
import { type Kind, type ReadValue, substituted, type WrittenValue } from "./kind.ts";

export interface NumberBounds {
  readonly min?: number;
  readonly max?: number;
  /** The value in place of a number below `min`; without it `min` itself. */
  readonly below?: number;
  /** The value in place of a number above `max`; without it `max` itself. */
  readonly above?: number;
}

const MAX_INTEGER = 2 ** 31 - 1;

/** Like C's atoi: the digits at the front count, and a text without any is 0. Both give a warning. */
export function integer(bounds: NumberBounds = {}): Kind<number> {
  return numeric("whole number", /^[+-]?\d+/, { max: MAX_INTEGER, ...bounds });
}

/** Whole seconds, at most as many as one timer of Node.js can wait (24 days). */
export function seconds(bounds: NumberBounds = {}): Kind<number> {
  return integer({ max: Math.floor(MAX_INTEGER / 1000), ...bounds });
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
  const read = ({ key, text }: WrittenValue): ReadValue<number> => {
    const digits = pattern.exec(text)?.[0] ?? "";
    const number = Number(digits);
    const value = clamp(number);
    if (digits === "" || digits !== text)
      return substituted(value, `${key}: ${quote(text)} is no ${name}, using ${value}`);
    if (value === number) return { value, remarks: [] };
    const fault = number < min ? `less than ${min}` : `more than ${max}`;
    return substituted(value, `${key}: ${number} is ${fault}, using ${value}`);
  };
  return { name, read, render: String };
}
