import { expect, it } from "vitest";
import { examineSpool, type SpoolFacts } from "../../src/doctor/spool.ts";

const MIB = 1024 * 1024;
const FINE: SpoolFacts = { folder: "/spool", problem: undefined, free: 200 * MIB, wanted: 100 * MIB };

it.each<[what: string, facts: SpoolFacts | undefined, severities: readonly string[], text: RegExp]>([
  ["nothing without a spool", undefined, [], /^$/],
  ["that it is well", FINE, ["fine"], /^results that wait are kept in \/spool$/],
  ["the same where the free space is unknown", { ...FINE, free: undefined }, ["fine"], /kept in/],
  ["of a problem", { ...FINE, problem: "/spool is no folder" }, ["error"], /^\/spool is no folder$/],
  [
    "of little space",
    { ...FINE, free: 200 * MIB - 1 },
    ["warning"],
    /^\/spool has room for 199 MiB, result_spool_max_size is 100$/,
  ],
])("doctor says %s", (_, facts, severities, text) => {
  const found = examineSpool(facts);
  expect(found.map(({ severity }) => severity)).toEqual(severities);
  expect(found.map((each) => each.text).join()).toMatch(text);
});
