import { describe, expect, it } from "vitest";
import { renderChart } from "../../../bench/reporting/chart.ts";
import { type Report, renderReport } from "../../../bench/reporting/report.ts";
import { summarise } from "../../../bench/reporting/summary.ts";
import { measurement } from "../measurement.ts";

const RUNS = [
  measurement("ours", { checksPerSecond: 100, cpuMsPerCheck: 1 }),
  measurement("ours", { checksPerSecond: 200, cpuMsPerCheck: 1 }),
  measurement("c<1>", { checksPerSecond: 75 }),
];
const REPORT: Report = {
  scenario: "lines",
  about: "start & stop",
  date: "2026-01-31T10:20:30.000Z",
  machine: { cpu: "Some CPU", cores: 2, kernel: "6.1", node: "v24.0.0", gearmand: "gearmand 1.1.20" },
  workers: ["ours", "c<1>"].map((name) => ({ name, version: "1.0", command: `${name} --max-worker={w}` })),
  lines: [],
  encryption: false,
  cpuMeasuredBy: "cgroup v2",
  base: "c<1>",
  notes: ["perl-mp: skipped, it is not installed"],
  rows: summarise(RUNS, "c<1>"),
};

/** The attributes of every element with this class. */
const elements = (svg: string, style: string): readonly string[] =>
  [...svg.matchAll(new RegExp(`<\\w+ class="${style}" ([^>]*)/?>`, "g"))].map(
    ([, attributes = ""]) => attributes,
  );

describe("the chart", () => {
  const svg = renderChart(REPORT, ["checksPerSecond", "cpuMsPerCheck"]);
  const widths = (style: string): readonly number[] =>
    elements(svg, style).map((bar) => Number(/width="([\d.]+)"/.exec(bar)?.[1]));

  it("has a bar for the median of each figure that was measured, in its worker's colour", () => {
    expect(widths("w0")).toHaveLength(2);
    expect(widths("w1")).toHaveLength(1);
    expect(svg).toContain(">–</text>");
  });

  it("draws the bars of a group to one scale", () => {
    const [ours = 0] = widths("w0");
    const [c = 0] = widths("w1");
    expect(ours / c).toBeCloseTo(150 / 75, 2);
  });

  it("draws a range where repetitions differ, from the least to the most", () => {
    const [range, ...others] = elements(svg, "range");
    const [, from = 0, to = 0] = (/M ([\d.]+) [\d.]+ H ([\d.]+)/.exec(range ?? "") ?? []).map(Number);
    const [bar = ""] = elements(svg, "w0");
    const start = Number(/x="([\d.]+)"/.exec(bar)?.[1]);
    expect((to - start) / (from - start)).toBeCloseTo(200 / 100, 2);
    expect(others).toEqual([]);
  });

  it("says what it shows, where and when", () => {
    expect(svg).toContain("<title>lines: start &amp; stop</title>");
    expect(svg).toContain("2026-01-31, 2 × Some CPU, Linux 6.1, Node v24.0.0, gearmand 1.1.20");
    expect(svg).toContain(">c&lt;1&gt;</text>");
  });

  it("has colours for a dark mode, and loads nothing from the network", () => {
    expect(svg).toContain("@media (prefers-color-scheme: dark)");
    expect(svg.replace("http://www.w3.org/2000/svg", "")).not.toContain("http");
  });
});

describe("the report", () => {
  it("says what was measured, where, when, with what, and what was left out", () => {
    const text = renderReport(REPORT, ["checksPerSecond"]);
    expect(text).toContain("### lines: start & stop");
    expect(text).toContain("2026-01-31, 2 × Some CPU, Linux 6.1, Node v24.0.0, gearmand 1.1.20.");
    expect(text).toContain("- **ours** (1.0): `ours --max-worker={w}`");
    expect(text).toContain("- perl-mp: skipped, it is not installed");
    expect(text).toContain("× is against c<1>. Encryption off.");
  });
});
