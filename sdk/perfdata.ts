import { sprintf } from "../plugins/libc/printf.ts";

/** What stands after a value: `;WARNING;CRITICAL;MINIMUM;MAXIMUM`. What is left out stays empty. */
export interface PerfdataLimits<Threshold, Value> {
  readonly warning?: Threshold | undefined;
  readonly critical?: Threshold | undefined;
  readonly min?: Value | undefined;
  readonly max?: Value | undefined;
}

type Integer = number | bigint;

/**
 * `label=1B;2;3;0;4`: integers of 64 bits, as `perfdata` of the plugins prints them. The semicolon before the maximum always
 * stands.
 *
 * @param uom unit of measurement: `s`, `ms`, `%`, `B`, `c` … or empty
 */
export function perfdata(
  label: string,
  value: Integer,
  uom: string,
  { warning, critical, min, max }: PerfdataLimits<Integer, Integer> = {},
): string {
  const limits = [warning, critical, min, max].map((limit) => print("%ld", limit));
  return `${quote(label)}=${sprintf("%ld", value)}${uom};${limits.join(";")}`;
}

/** `label=0.001946s;;;0.000000;10.000000`: reals, as `fperfdata` of the plugins prints them. No maximum, no semicolon for it. */
export function fperfdata(
  label: string,
  value: number,
  uom: string,
  { warning, critical, min, max }: PerfdataLimits<number, number> = {},
): string {
  const thresholds = { warning: print("%f", warning), critical: print("%f", critical) };
  return sperfdata(label, value, uom, { ...thresholds, min, max });
}

/** As `fperfdata`, with the thresholds as the operator wrote them: `sperfdata` of the plugins. */
export function sperfdata(
  label: string,
  value: number,
  uom: string,
  limits: PerfdataLimits<string, number> = {},
): string {
  return printWith("%f", label, value, uom, limits);
}

/** Integers of 32 bits, with the thresholds as the operator wrote them: `sperfdata_int` of the plugins. */
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

function print(format: string, limit: Integer | undefined): string {
  return limit === undefined ? "" : sprintf(format, limit);
}

/** A quote within the label stays as it is, as the plugins leave it. */
function quote(label: string): string {
  return /['= ]/.test(label) ? `'${label}'` : label;
}
