/** The buttons have `1h`, `8h`, `1d` and `7d`; people write others, too. */
const DURATION = /^(?<count>[0-9]{1,5})(?<unit>[mhdw])$/i;
const SECONDS = { m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;

/** Seconds of `90m`, `2h`, `1d`, `1w`. Undefined: it is no duration. */
export function readDuration(text: string): number | undefined {
  const { count, unit } = DURATION.exec(text)?.groups ?? {};
  const seconds = SECONDS[unit?.toLowerCase() as keyof typeof SECONDS] ?? 0;
  const duration = Number(count) * seconds;
  return duration > 0 ? duration : undefined;
}

/** In the largest unit that needs no fraction: 5400 → `90m`. */
export function renderDuration(seconds: number): string {
  const units = Object.entries(SECONDS).toReversed();
  const [unit, size] = units.find(([, each]) => seconds % each === 0) ?? ["m", SECONDS.m];
  return `${Math.round(seconds / size)}${unit}`;
}
