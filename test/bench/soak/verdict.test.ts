import { describe, expect, it } from "vitest";
import type { Sample, SoakFigure } from "../../../bench/soak/figures.ts";
import { judgeSoak, windowsOf } from "../../../bench/soak/verdict.ts";

const MEMORY: SoakFigure = { name: "pssMiB", title: "memory", by: "median", slack: 1 };
const HEAP: SoakFigure = { name: "heapMiB", title: "heap", by: "least", slack: 1 };
const TIMERS: SoakFigure = { name: "timers", title: "timers", by: "median", slack: 5 };
const NOTHING: Sample = {
  seconds: 0,
  pssMiB: 0,
  anonymousMiB: 0,
  heapMiB: 0,
  externalMiB: 0,
  allPssMiB: 0,
  descriptors: 0,
  v8MiB: 0,
  mallocMiB: 0,
  timers: 0,
  handles: 0,
  processes: 0,
  zombies: 0,
  p50Ms: 0,
  p99Ms: 0,
  submitted: 0,
  results: 0,
};

/** An hour of samples, each ten seconds. `valueAt` is told the minutes. */
function hour(figure: SoakFigure, valueAt: (minutes: number) => number): readonly Sample[] {
  return Array.from({ length: 360 }, (_, at) => {
    const seconds = (at + 1) * 10;
    return { ...NOTHING, seconds, [figure.name]: valueAt(seconds / 60) };
  });
}

function judge(figure: SoakFigure, valueAt: (minutes: number) => number) {
  const [only] = judgeSoak(hour(figure, valueAt), [figure]).figures;
  if (only === undefined) throw new Error("nothing was judged");
  return only;
}

describe("a figure is steady", () => {
  it.each<[what: string, figure: SoakFigure, valueAt: (minutes: number) => number]>([
    ["if it stays", MEMORY, () => 100],
    ["if it grows in the first twenty minutes only", MEMORY, (minutes) => 50 + 5 * Math.min(20, minutes)],
    ["if it grows by less than it may", MEMORY, (minutes) => 100 + (minutes / 60) * 6],
    ["if single samples are far off", MEMORY, (minutes) => (Math.round(minutes * 6) % 6 === 0 ? 150 : 100)],
    ["if a heap falls to the same each minute", HEAP, (minutes) => 20 + 30 * (minutes % 1)],
    ["if a heap falls to the same each four minutes", HEAP, (minutes) => 20 + 30 * ((minutes / 4) % 1)],
    ["if a small number differs by some", TIMERS, (minutes) => 10 + Math.round(minutes / 20)],
  ])("%s", (_, figure, valueAt) => {
    expect(judge(figure, valueAt)).toMatchObject({ isSteady: true });
  });
});

describe("a figure is not steady", () => {
  it.each<[what: string, figure: SoakFigure, valueAt: (minutes: number) => number]>([
    ["if it grows by a tenth", MEMORY, (minutes) => 100 + (minutes / 60) * 15],
    ["if it falls by a tenth", MEMORY, (minutes) => 115 - (minutes / 60) * 15],
    ["if one minute is far off", MEMORY, (minutes) => (Math.ceil(minutes) === 30 ? 110 : 100)],
    ["if what is left of a heap grows", HEAP, (minutes) => 20 + 30 * (minutes % 1) + minutes / 20],
    ["if timers are lost, one in five minutes", TIMERS, (minutes) => 10 + Math.floor(minutes / 5)],
  ])("%s", (_, figure, valueAt) => {
    expect(judge(figure, valueAt)).toMatchObject({ isSteady: false });
  });

  it("if too few samples were taken to tell", () => {
    const [only] = judgeSoak(hour(MEMORY, () => 100).slice(0, 8), [MEMORY]).figures;
    expect(only).toMatchObject({ isSteady: false });
  });
});

it("level, drift and band are those after the warm-up", () => {
  const { level, drift, band } = judge(MEMORY, (minutes) => 100 + minutes);
  expect(level).toBeCloseTo(140, 0);
  expect(drift).toBeCloseTo(39 / 140, 2);
  expect(band).toBeCloseTo(19.5 / 140, 2);
});

it("the warm-up is twenty minutes at most, and a third of a short run", () => {
  expect(
    judgeSoak(
      hour(MEMORY, () => 1),
      [MEMORY],
    ).from,
  ).toBe(1200);
  expect(judgeSoak(hour(MEMORY, () => 1).slice(0, 60), [MEMORY]).from).toBe(200);
});

it("samples that fill no window belong to the last one", () => {
  expect(windowsOf(hour(MEMORY, () => 1).slice(0, 15)).map(({ length }) => length)).toEqual([6, 9]);
});
