import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sprintf } from "../../../plugins/libc/printf.ts";

/** `[format, value, text]`, as glibc's printf printed them. */
function readPrinted(name: string): readonly (readonly [string, string, string])[] {
  return JSON.parse(readFileSync(new URL(`../../fixtures/sdk/${name}.json`, import.meta.url), "utf8"));
}

/** All lines that differ, so that one failure does not hide another. */
function differences<Value extends number | bigint>(name: string, read: (text: string) => Value) {
  return readPrinted(name)
    .map(([format, value, text]) => ({ format, value, text, ours: sprintf(format, read(value)) }))
    .filter(({ text, ours }) => ours !== text);
}

it("prints reals as glibc does", () => {
  expect(differences("printf-reals", Number)).toEqual([]);
});

it("prints integers as glibc does", () => {
  expect(differences("printf-integers", BigInt)).toEqual([]);
});

describe("sprintf", () => {
  it.each<[format: string, given: (number | bigint | string)[], text: string]>([
    ["no directive", [], "no directive"],
    ["%d%%", [5], "5%"],
    ["%s is %d of %d", ["a", 1, 2], "a is 1 of 2"],
    ["%5s|%-5s|%.2s|%05s", ["abc", "abc", "abc", "abc"], "  abc|abc  |ab|  abc"],
    ["%*d|%-*d|%.*f", [5, 1, 5, 1, 2, 2.5678], "    1|1    |2.57"],
    ["%*d|%.*f", [-5, 1, -1, 0.5], "1    |0.500000"],
    ["%c%c", ["xyz", 65], "xA"],
    ["%d", [2.9], "2"],
    ["%d", [-2.9], "-2"],
    ["%ld", [18446744073709551615n], "-1"],
    ["%lu", [18446744073709551615n], "18446744073709551615"],
    ["%f", [Number.POSITIVE_INFINITY], "inf"],
    ["%06f|%-6fx", [Number.NEGATIVE_INFINITY, Number.NaN], "  -inf|nan   x"],
    ["%F %G", [Number.NaN, Number.POSITIVE_INFINITY], "NAN INF"],
    ["%s", ["$& $1"], "$& $1"],
  ])("%j of %s", (format, given, text) => {
    expect(sprintf(format, ...given)).toBe(text);
  });

  it.each([
    ["%d", []],
    ["%d %d", [1]],
    ["%*d", [1]],
    ["%", [1]],
    ["%y", [1]],
    ["%n", [1]],
    ["100%, of", [1]],
  ])("refuses %j of %j", (format, given) => {
    expect(() => sprintf(format, ...given)).toThrow(TypeError);
  });
});
