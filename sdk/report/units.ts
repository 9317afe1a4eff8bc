/**
 * Units of a report's values. The guidelines for plugins allow `s` `us` `ms` `%` `B` `KB` `MB` `GB` `TB` and
 * `c` (a counter) in perfdata; no unit is right for rates and plain numbers. The others are converted for
 * perfdata, and stay as they are in the text.
 */
export type Unit = (typeof ALLOWED)[number] | keyof typeof CONVERTED;

const ALLOWED = ["", "s", "us", "ms", "%", "B", "KB", "MB", "GB", "TB", "c"] as const;

const CONVERTED = {
  ns: { unit: "s", factor: 1e-9 },
  min: { unit: "s", factor: 60 },
  h: { unit: "s", factor: 3600 },
  d: { unit: "s", factor: 86_400 },
  KiB: { unit: "B", factor: 1024 },
  MiB: { unit: "B", factor: 1024 ** 2 },
  GiB: { unit: "B", factor: 1024 ** 3 },
  TiB: { unit: "B", factor: 1024 ** 4 },
} as const;

/** The unit of perfdata, and what a number has to be multiplied with. */
export interface PerfdataUnit {
  readonly unit: string;
  readonly factor: number;
}

/** A unit that programs which draw graphs do not know is left out: they would drop the value. */
export function perfdataUnit(unit: string): PerfdataUnit {
  if (Object.hasOwn(CONVERTED, unit)) return CONVERTED[unit as keyof typeof CONVERTED];
  return { unit: (ALLOWED as readonly string[]).includes(unit) ? unit : "", factor: 1 };
}
