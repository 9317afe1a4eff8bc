import { describe, expect, it } from "vitest";
import { renderSoakChart } from "../../../bench/soak/chart.ts";
import { isSoakSound, renderSoak, type SoakReport, toColumns } from "../../../bench/soak/report.ts";

const SAMPLE = {
  seconds: 10,
  pssMiB: 100.004,
  anonymousMiB: 60,
  heapMiB: 20,
  externalMiB: 5,
  allPssMiB: 200,
  v8MiB: 40,
  mallocMiB: 12,
  descriptors: 50,
  timers: 5,
  handles: 9,
  processes: 20,
  zombies: 0,
  p50Ms: 10,
  p99Ms: 20,
  submitted: 100,
  results: 90,
};
const STEADY = { figure: "pssMiB", level: 100, drift: 0.012, band: 0.02, isSteady: true };
const GROWN = { figure: "descriptors", level: 50, drift: 0.5, band: 0.3, isSteady: false };
const REPORT: SoakReport = {
  scenario: "soak",
  date: "2026-01-31T10:20:30.000Z",
  machine: { cpu: "Some CPU", cores: 2, kernel: "6.1", node: "v24.0.0", gearmand: "gearmand 1.1.20" },
  worker: { name: "ours", version: "1.0", command: "ours --max-worker={w}" },
  own: [],
  minutes: 60,
  rate: 278,
  siteRate: 42.5,
  encryption: true,
  plantedLeak: 0,
  notes: ["a < b"],
  counts: { submitted: 100, results: 100, wrong: 0, unexpected: 0, waiting: 0 },
  verdict: { from: 600, figures: [STEADY] },
  samples: toColumns([SAMPLE, { ...SAMPLE, seconds: 20 }]),
};

describe("a soak is sound", () => {
  it("if each job has one result and no figure has grown", () => {
    expect(isSoakSound(REPORT)).toBe(true);
  });

  it("also if a part of a figure has grown, and the figure has not", () => {
    const part = { ...GROWN, figure: "v8MiB", isPart: true } as const;
    const report = { ...REPORT, verdict: { from: 600, figures: [STEADY, part] } };
    expect(isSoakSound(report)).toBe(true);
    expect(renderSoak(report)).toContain("| pages of V8, MiB | 50.0 | 50.0 % | 30.0 % | a part |");
  });

  it.each<[what: string, more: Partial<SoakReport>]>([
    ["a result is missing", { counts: { ...REPORT.counts, results: 99, waiting: 1 } }],
    ["a result is wrong", { counts: { ...REPORT.counts, wrong: 1 } }],
    ["a second result came", { counts: { ...REPORT.counts, unexpected: 1 } }],
    ["a figure has grown", { verdict: { from: 600, figures: [STEADY, GROWN] } }],
  ])("but not if %s", (_, more) => {
    expect(isSoakSound({ ...REPORT, ...more })).toBe(false);
  });
});

it("the report says what was offered, what came back and what each figure did", () => {
  const text = renderSoak({ ...REPORT, verdict: { from: 600, figures: [STEADY, GROWN] } });
  expect(text).toContain("### soak: 60 minutes, 278 checks a second, 42.5 of them of the site");
  expect(text).toContain("100 jobs, 100 results, 0 wrong, 0 unexpected, 0 missing.");
  expect(text).toContain("| PSS of the worker, MiB | 100.0 | 1.2 % | 2.0 % | yes |");
  expect(text).toContain("| open descriptors | 50.0 | 50.0 % | 30.0 % | **no** |");
});

it("the file has a list for each figure", () => {
  expect(REPORT.samples).toMatchObject({ seconds: [10, 20], pssMiB: [100, 100], zombies: [0, 0] });
});

it("the chart has a line for each figure, says where it is from, and loads nothing", () => {
  const svg = renderSoakChart(REPORT);
  expect([...svg.matchAll(/class="line"/g)]).toHaveLength(REPORT.verdict.figures.length);
  expect(svg).toContain("2026-01-31, 2 × Some CPU, Linux 6.1, Node v24.0.0, gearmand 1.1.20");
  expect(svg).toContain("drift 1.2 %, band 2.0 %: steady");
  expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toContain("http");
});
