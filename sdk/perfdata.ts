import { sprintf } from "../plugins/libc/printf.ts";
import { type Range, renderRange } from "./range.ts";

/**
 * The limits after a value of perfdata, `;WARNING;CRITICAL;MINIMUM;MAXIMUM`. A limit that is left out is
 * empty.
 */
export interface PerfdataLimits<Threshold, Value> {
  readonly warning?: Threshold | undefined;
  readonly critical?: Threshold | undefined;
  readonly min?: Value | undefined;
  readonly max?: Value | undefined;
}

type Integer = number | bigint;

/** A threshold: a range as `range` and `readRange` give it, its text (`10:20`), or a number. */
type Threshold<Value> = Range | string | Value;

/**
 * Prints integers of 64 bits, as `perfdata` of the plugins does: `label=1B;2;3;0;4`. There are always four
 * semicolons. A label with a blank, `=` or `'` is put in quotes. A threshold that is a range or a text is
 * printed as the operator wrote it.
 *
 * @param uom the unit of measurement: `s`, `ms`, `%`, `B`, `c` … or empty
 */
export function perfdata(
  label: string,
  value: Integer,
  uom: string,
  { warning, critical, min, max }: PerfdataLimits<Threshold<Integer>, Integer> = {},
): string {
  const limits = [warning, critical, min, max].map((limit) => printThreshold("%ld", limit));
  return `${quote(label)}=${sprintf("%ld", value)}${uom};${limits.join(";")}`;
}

/**
 * Prints real numbers, as `fperfdata` of the plugins does: `label=0.001946s;;;0.000000;10.000000`. Without a
 * maximum there are only three semicolons. Units, labels and thresholds are as with `perfdata`.
 */
export function fperfdata(
  label: string,
  value: number,
  uom: string,
  { warning, critical, min, max }: PerfdataLimits<Threshold<number>, number> = {},
): string {
  const thresholds = { warning: printThreshold("%f", warning), critical: printThreshold("%f", critical) };
  return sperfdata(label, value, uom, { ...thresholds, min, max });
}

/**
 * Prints real numbers with the thresholds as the operator wrote them, as `sperfdata` of the plugins does.
 * Only the worker's own checks use it; it is not part of `omd-worker/sdk`.
 */
export function sperfdata(
  label: string,
  value: number,
  uom: string,
  limits: PerfdataLimits<string, number> = {},
): string {
  return printWith("%f", label, value, uom, limits);
}

/** Prints integers of 32 bits in the same way, as `sperfdata_int` of the plugins does. */
export function sperfdataInt(
  label: string,
  value: number,
  uom: string,
  limits: PerfdataLimits<string, number> = {},
): string {
  return printWith("%d", label, value, uom, limits);
}

function printWith(
  format: string,
  label: string,
  value: number,
  uom: string,
  { warning = "", critical = "", min, max }: PerfdataLimits<string, number>,
): string {
  const maximum = max === undefined ? "" : `;${sprintf(format, max)}`;
  return `${quote(label)}=${sprintf(format, value)}${uom};${warning};${critical};${print(format, min)}${maximum}`;
}

function printThreshold(format: string, threshold: Threshold<Integer> | undefined): string {
  if (typeof threshold === "string") return threshold;
  return typeof threshold === "object" ? renderRange(threshold) : print(format, threshold);
}

function print(format: string, limit: Integer | undefined): string {
  return limit === undefined ? "" : sprintf(format, limit);
}

/** Puts a label in quotes. A quote inside the label is not escaped: the plugins do not escape it either. */
function quote(label: string): string {
  return /['= ]/.test(label) ? `'${label}'` : label;
}
