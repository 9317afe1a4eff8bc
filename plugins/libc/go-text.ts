import { sprintf } from "./printf.ts";

/**
 * Prints a number as Go's strconv.FormatFloat does with `f`: with so many decimals, or with as many as it
 * needs if `decimals` is negative.
 */
export function formatFloat(value: number, decimals: number): string {
  if (decimals >= 0) return sprintf("%.*f", decimals, value);
  const { sign, digits, point } = takeApart(value);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  const whole = digits.slice(0, point).padEnd(point, "0");
  return digits.length > point ? `${sign}${whole}.${digits.slice(point)}` : `${sign}${whole}`;
}

/** Numbers from 10^6 on have an exponent, and those below 10^-4. */
const EXPONENT_FROM = 6;
const EXPONENT_BELOW = -4;

/** Prints a number as Go's `%v` does: `80`, `1.5e+06`. */
export function formatAny(value: number): string {
  const { sign, digits, point } = takeApart(value);
  const exponent = point - 1;
  if (exponent >= EXPONENT_BELOW && exponent < EXPONENT_FROM) return formatFloat(value, -1);
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  const printed = String(Math.abs(exponent)).padStart(2, "0");
  return `${sign}${digits.slice(0, 1)}${fraction}e${exponent < 0 ? "-" : "+"}${printed}`;
}

/** The shortest digits that make the number: 0.DIGITS × 10^point. */
function takeApart(value: number) {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa = "", exponent = "0"] = Math.abs(value).toExponential().split("e");
  return { sign, digits: mantissa.replace(".", ""), point: value === 0 ? 1 : Number(exponent) + 1 };
}

/** Renders a text as Go's encoding/json does. */
export function quoteJson(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Renders a number as Go's encoding/json does. */
export function renderJsonNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Removes at both ends what Go's strings.TrimSpace removes. */
export function trimSpace(text: string): string {
  return text.replace(LEADING, "").replace(TRAILING, "");
}

const LEADING = /^[\p{White_Space}]+/u;
const TRAILING = /(?<![\p{White_Space}])[\p{White_Space}]+$/u;

/** Renders whole seconds as Go does: `5s`, `1m30s`, `1h0m0s`. */
export function renderDuration(seconds: number): string {
  const [hours, minutes] = [Math.trunc(seconds / 3600), Math.trunc(seconds / 60) % 60];
  if (hours > 0) return `${hours}h${minutes}m${seconds % 60}s`;
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
