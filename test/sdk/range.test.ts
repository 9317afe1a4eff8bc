import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sprintf } from "../../plugins/libc/printf.ts";
import { checkRange, getStatus, type Range, readRange } from "../../sdk/index.ts";

/**
 * Recorded from a real plugin, check_cluster: it prints the range it has read, and its value can be any
 * number.
 */
interface Recorded {
  /**
   * Start and end as `%g` prints them, 0 for no end. Absent if the plugin printed `Range format incorrect`.
   */
  readonly parsed: readonly (readonly [text: string, start?: string, end?: string])[];
  /** The states of the values 0, 1, 2, 3 and 4. */
  readonly states: readonly (readonly [warning: string, critical: string | null, states: string])[];
}

const RECORDED: Recorded = JSON.parse(
  readFileSync(new URL("../fixtures/sdk/ranges.json", import.meta.url), "utf8"),
);

function mustRead(text: string): Range {
  const range = readRange(text);
  if (range === undefined) throw new Error(`unreadable: ${text}`);
  return range;
}

describe("readRange reads as the plugins do", () => {
  const printed = (bound: number, recorded: string | undefined) =>
    Number.isFinite(bound) || recorded?.endsWith("inf") ? sprintf("%g", bound) : "0";

  it.each(RECORDED.parsed.map((each) => [each]))("%j", ([text, start, end]) => {
    const range = readRange(text);
    const ours = range && [printed(range.start, start), printed(range.end, end)];
    expect(ours).toEqual(start === undefined ? undefined : [start, end]);
  });

  it.each([
    ["~:", Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, false],
    ["10", 0, 10, false],
    ["10:", 10, Number.POSITIVE_INFINITY, false],
    ["@~:5", Number.NEGATIVE_INFINITY, 5, true],
  ])("%j has open ends where it names none", (text, start, end, alertsInside) => {
    expect(readRange(text)).toEqual({ start, end, alertsInside, text });
  });
});

describe("getStatus judges as the plugins do", () => {
  it.each(RECORDED.states)("-w %j -c %j", (warning, critical, states) => {
    const thresholds = {
      warning: mustRead(warning),
      critical: critical === null ? undefined : mustRead(critical),
    };
    expect([0, 1, 2, 3, 4].map((value) => getStatus(value, thresholds)).join("")).toBe(states);
  });

  it("finds everything OK without thresholds", () => {
    expect(getStatus(5, {})).toBe(0);
  });
});

it.each([
  ["1:2", true],
  ["@1:2", false],
  ["~:2", true],
  ["1:", true],
  ["~:", false],
  ["@~:", true],
])("a value that is not a number against %j: %s", (text, isAlert) => {
  expect(checkRange(Number.NaN, mustRead(text))).toBe(isAlert);
});
