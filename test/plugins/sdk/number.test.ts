import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as sdk from "../../../plugins/sdk/index.ts";

type Read = readonly [value: string, rest: string];

/** What glibc's functions made of a text, and which of the plugins' `is_…` held for it. */
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
  isNumeric: sdk.isNumeric,
  isPositive: sdk.isPositive,
  isNegative: sdk.isNegative,
  isNonNegative: sdk.isNonNegative,
  isPercentage: sdk.isPercentage,
  isInteger: sdk.isInteger,
  isIntPos: sdk.isIntPos,
  isIntNeg: sdk.isIntNeg,
  isIntNonNeg: sdk.isIntNonNeg,
  isIntPercent: sdk.isIntPercent,
};

const integer = ({ value, rest }: sdk.ReadNumber<bigint>): Read => [String(value), rest];
/** C has a sign for what is not a number; it is of no interest. */
const real = ([value, rest]: Read) => ({ value: Number(value.replace("inf", "Infinity")), rest });

it("reads numbers as glibc and the plugins do", () => {
  const ours = RECORDED.map(({ text }) => ({
    text,
    strtod: sdk.strtod(text),
    strtol10: integer(sdk.strtol(text)),
    strtol0: integer(sdk.strtol(text, 0)),
    strtol8: integer(sdk.strtol(text, 8)),
    strtol16: integer(sdk.strtol(text, 16)),
    strtoul0: integer(sdk.strtoul(text, 0)),
    atoi: sdk.atoi(text),
    is: Object.entries(PREDICATES).flatMap(([name, holds]) => (holds(text) ? [name] : [])),
  }));
  const expected = RECORDED.map((each) => ({ ...each, strtod: real(each.strtod) }));
  expect(ours).toEqual(expected);
});
