import { expect, it } from "vitest";
import { OBJECTS, soakLine } from "../../../bench/soak/mix.ts";
import { readSoakArguments } from "../../../bench/soak/options.ts";

it("an hour of a million jobs is the default", () => {
  expect(readSoakArguments([])).toMatchObject({ seconds: 3600, sampleSeconds: 10, rate: 278, leak: 0 });
  expect(readSoakArguments(["--help"])).toBeUndefined();
});

it.each([
  [["--minutes", "0"], "--minutes: not a number above 0: 0"],
  [["--rate", "many"], "--rate: not a number from 0 to a million: many"],
  [["--kinds", "icmp,none"], "--kinds: none is called none, there are icmp,"],
  [["--site", ""], "--site: not a number from 0 to a million: "],
])("%s is refused", (argv, message) => {
  expect(() => readSoakArguments(argv)).toThrow(message);
});

it("a part of the jobs is of all kinds of a site, the others are quick", () => {
  const { mix } = soakLine({ rate: 278, site: 0.2 });
  const isQuick = (share: number) => share > 40;
  const sum = (isWanted: (share: number) => boolean) =>
    mix.filter(({ share }) => isWanted(share)).reduce((all, { share }) => all + share, 0);
  expect(sum((share) => !isQuick(share))).toBeCloseTo(42.5, 6);
  expect(sum(isQuick)).toBeCloseTo(278 - 42.5, 6);
  expect(OBJECTS).toBe(12_750);
});

it("without a site all jobs are quick, with more of it than the rate none is", () => {
  expect(soakLine({ rate: 50, site: 0 }).mix).toHaveLength(4);
  expect(soakLine({ rate: 50, site: 1 }).mix.reduce((all, { share }) => all + share, 0)).toBeCloseTo(50, 6);
});

it("kinds of the site that are named have the whole rate, by their shares", () => {
  const { kinds, kept } = readSoakArguments(["--kinds", "https,http", "--kept"]) ?? {};
  const { mix, own } = soakLine({ rate: 90, site: 0.2, kinds, kept });
  expect(mix.map(({ share }) => Math.round(share))).toEqual([60, 30]);
  expect(own).toContain("--native_http_keepalive=on");
  expect(soakLine({ rate: 90, site: 0.2 }).own).not.toContain("--native_http_keepalive=on");
});
