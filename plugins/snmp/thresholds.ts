import { type Range, readRange, type Thresholds } from "../../sdk/index.ts";
import { strtod } from "../libc/number.ts";

/** The text of `-w` or `-c`: one range for each object, with commas between them. */
export type RangeList = string | undefined;

/** The thresholds of each object. Undefined where the plugin ends because of a range. */
export function readThresholds(
  warning: RangeList,
  critical: RangeList,
  count: number,
): readonly Thresholds[] | undefined {
  const warnings = readRanges(warning, count);
  const criticals = readRanges(critical, count);
  if (warnings === undefined || criticals === undefined) return undefined;
  return Array.from({ length: count }, (_, at) => ({ warning: warnings[at], critical: criticals[at] }));
}

function readRanges(text: RangeList, count: number): readonly (Range | undefined)[] | undefined {
  const texts = (text?.split(",").slice(0, count) ?? []).map(readText);
  const ranges = texts.map((each) => (each === undefined ? undefined : readRange(each)));
  return ranges.every((range, at) => range !== undefined || texts[at] === undefined) ? ranges : undefined;
}

/** A reversed range is turned round. What comes before the first character of a range is skipped. */
function readText(text: string): string | undefined {
  const turned = turn(text);
  const start = turned.search(/[-0-9.:@~]/);
  return start < 0 ? undefined : turned.slice(start);
}

/**
 * `10:5` is an old form of `@5:10`. `@-20:-10` is turned round too, because the plugin reads no number from
 * `@-20`.
 */
function turn(text: string): string {
  const colon = text.indexOf(":");
  if (colon < 0 || colon === text.length - 1) return text;
  const [left, right] = [text.slice(0, colon), text.slice(colon + 1)];
  return strtod(right).value >= strtod(text).value ? text : `@${right}:${left}`;
}
