import { describe, expect, it } from "vitest";
import { type Line, type Offer, offerOf, only, stormOf, type Wishes } from "../../../bench/scenarios/line.ts";

const BURST: Line = { name: "a", mix: only({ command: "/bin/true" }), jobs: 1000, warmUp: 0, own: [] };
const OPEN: Line = { ...BURST, rate: 50 };
const NO_WISHES: Wishes = { jobs: undefined, rate: undefined, seconds: undefined, scale: 1 };

describe("what a line offers", () => {
  it.each<[string, Line, Partial<Wishes>, Offer]>([
    ["its jobs at once", BURST, {}, { jobs: 1000, rate: undefined }],
    ["other jobs on request", BURST, { jobs: 7 }, { jobs: 7, rate: undefined }],
    ["a smaller burst", BURST, { scale: 0.1 }, { jobs: 100, rate: undefined }],
    ["its jobs at once, as a burst has no duration", BURST, { seconds: 3 }, { jobs: 1000, rate: undefined }],
    ["its jobs at its rate", OPEN, {}, { jobs: 1000, rate: 50 }],
    ["another rate on request", OPEN, { rate: 20 }, { jobs: 1000, rate: 20 }],
    ["a rate instead of a burst", BURST, { rate: 20, seconds: 3 }, { jobs: 60, rate: 20 }],
    ["as long as requested", OPEN, { seconds: 3 }, { jobs: 150, rate: 50 }],
    ["a scaled load that lasts as long as the full one", OPEN, { scale: 0.1 }, { jobs: 100, rate: 5 }],
    ["at least two jobs, as one has no rate", OPEN, { scale: 0.001 }, { jobs: 2, rate: 0.05 }],
  ])("%s", (_, line, wishes, expected) => {
    expect(offerOf(line, { ...NO_WISHES, ...wishes })).toEqual(expected);
  });
});

it("a storm is the part that arrives all at once, scaled as the line is", () => {
  const [part] = only({ command: "/bin/true" });
  if (part === undefined) throw new Error("no part");
  expect(stormOf([part], 1)).toBeUndefined();
  const storm = { ...part, share: 0, storm: 600 };
  expect(stormOf([part, storm], 0.1)).toEqual({ part: storm, jobs: 60 });
});
