import { describe, expect, it } from "vitest";
import { summarise } from "../../../bench/reporting/summary.ts";
import { renderTable } from "../../../bench/reporting/table.ts";
import { measurement } from "../measurement.ts";

const FIGURES = ["checksPerSecond", "pssMiB"] as const;
const RUNS = [
  measurement("ours", { checksPerSecond: 1500, pssMiB: 40, otherCpuPercent: 1 }),
  measurement("ours", { checksPerSecond: 1300, pssMiB: 50, otherCpuPercent: 9 }),
  measurement("c", { checksPerSecond: 700 }, { wrong: 2 }),
];

describe("the table", () => {
  it("shows ranges and ratios of the key figures, and the most CPU of other programs", () => {
    expect(renderTable(summarise(RUNS, "c"), FIGURES)).toBe(
      [
        "| line | worker | pool | jobs    | checks/s            | ×    | PSS MiB | wrong | other CPU |",
        "|------|--------|------|---------|---------------------|------|---------|-------|-----------|",
        "| true | ours   | 10   | 2 × 100 | 1,400 (1,300–1,500) | 2.00 | 45      | 0     | 9 %       |",
        "| true | c      | 10   | 1 × 100 | 700                 | 1.00 |         | 2     | 0 %       |",
      ].join("\n"),
    );
  });

  it("has no column of ratios without a base", () => {
    expect(renderTable(summarise(RUNS, undefined), FIGURES)).not.toContain("×  ");
  });
});
