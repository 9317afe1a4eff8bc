import { CRITICAL, OK, type State, WARNING } from "../../sdk/index.ts";

const NUMBER = "(-?[0-9]+(?:\\.[0-9]+)?)";
const ZERO_TO = new RegExp(`^${NUMBER}$`);
const FROM = new RegExp(`^${NUMBER}:$`);
const UP_TO = new RegExp(`^~:${NUMBER}$`);
const BETWEEN = new RegExp(`^(@?)${NUMBER}:${NUMBER}$`);
/** The smallest number of 64 bits stands for no limit. */
const LOWEST = -(2 ** 63);

interface Limits {
  readonly lower: number;
  readonly upper: number;
  readonly isInside: boolean;
}

/** Whether the plugin takes the text; an empty one is no threshold. */
export function isThreshold(text: string): boolean {
  return text.trim() === "" || readLimits(text.trim()) !== undefined;
}

function readLimits(text: string): Limits | undefined {
  const [, upper] = ZERO_TO.exec(text) ?? [];
  if (upper !== undefined) return { lower: 0, upper: Number(upper), isInside: false };
  const [, lower] = FROM.exec(text) ?? [];
  if (lower !== undefined) return { lower: Number(lower), upper: Number.MAX_VALUE, isInside: false };
  const [, most] = UP_TO.exec(text) ?? [];
  if (most !== undefined) return { lower: LOWEST, upper: Number(most), isInside: false };
  const [, mark, from, to] = BETWEEN.exec(text) ?? [];
  if (from === undefined || to === undefined || Number(from) > Number(to)) return undefined;
  return { lower: Number(from), upper: Number(to), isInside: mark === "@" };
}

/** Judges a value. NaN is in no range, and outside of none. */
export function judgeValue(
  value: number,
  { warning, critical }: Record<"warning" | "critical", string>,
): State {
  if (alerts(value, critical)) return CRITICAL;
  return alerts(value, warning) ? WARNING : OK;
}

function alerts(value: number, text: string): boolean {
  const limits = readLimits(text);
  if (limits === undefined) return false;
  const { lower, upper, isInside } = limits;
  return isInside ? value >= lower && value <= upper : value < lower || value > upper;
}
