import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as numbers from "../../../plugins/libc/number.ts";

type Read = readonly [value: string, rest: string];

/** What glibc's functions read from a text, and which `is_…` of the plugins accept it. */
interface Recorded {
  readonly text: string;
  readonly strtod: Read;
  readonly strtol10: Read;
  readonly strtol0: Read;
  readonly strtol8: Read;
  readonly strtol16: Read;
  readonly strtoul0: Read;
  readonly atoi: number;
  readonly is: readonly string[];
}

const RECORDED: readonly Recorded[] = JSON.parse(
  readFileSync(new URL("../../fixtures/sdk/numbers.json", import.meta.url), "utf8"),
);

const PREDICATES = {
  isNumeric: numbers.isNumeric,
  isPositive: numbers.isPositive,
  isNegative: numbers.isNegative,
  isNonNegative: numbers.isNonNegative,
  isPercentage: numbers.isPercentage,
  isInteger: numbers.isInteger,
  isIntPos: numbers.isIntPos,
  isIntNeg: numbers.isIntNeg,
  isIntNonNeg: numbers.isIntNonNeg,
  isIntPercent: numbers.isIntPercent,
};

const integer = ({ value, rest }: numbers.ReadNumber<bigint>): Read => [String(value), rest];
/** C prints a sign before `nan`; it does not matter here. */
const real = ([value, rest]: Read) => ({ value: Number(value.replace("inf", "Infinity")), rest });

it("reads numbers as glibc and the plugins do", () => {
  const ours = RECORDED.map(({ text }) => ({
    text,
    strtod: numbers.strtod(text),
    strtol10: integer(numbers.strtol(text)),
    strtol0: integer(numbers.strtol(text, 0)),
    strtol8: integer(numbers.strtol(text, 8)),
    strtol16: integer(numbers.strtol(text, 16)),
    strtoul0: integer(numbers.strtoul(text, 0)),
    atoi: numbers.atoi(text),
    is: Object.entries(PREDICATES).flatMap(([name, holds]) => (holds(text) ? [name] : [])),
  }));
  const expected = RECORDED.map((each) => ({ ...each, strtod: real(each.strtod) }));
  expect(ours).toEqual(expected);
});

it.each([
  ...[
    ["1e400", true],
    [" -1E-400", true],
    ["0.5e10", true],
    ["0x1p5", true],
    ["0xffffffffffffffffff", true],
    ["12345678901234567890", true],
  ],
  ...[
    ["0.0000000000000000000000000000000000000000000001", false],
    ["1e400 apples", true],
  ],
  ...[
    ["", false],
    ["1e9", false],
    [`0.${"0".repeat(330)}1`, true],
    // Names of objects, addresses and versions are no numbers: C reads their beginning.
    [".1.3.6.1.2.1.2.2.1.10.1", false],
    ["1.3.6.1.4.1.2021.10.1.3.1", false],
    ["192.168.100.100:12345", false],
    ["1.2.3e10", false],
    ["abc1e400", false],
    ["0xff", false],
    ["1234567890123456", false],
  ],
  ...[
    ["10:1e400", false],
    ["e400", false],
    ["caf\xe9", false],
    ["1.5", false],
    ["10.11.12.13", false],
  ],
] as [string, boolean][])("%j may be out of C's range: %s", (given, expected) => {
  expect(numbers.mayBeOutOfRange(given)).toBe(expected);
});
