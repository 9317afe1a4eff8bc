import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { CHECK_COSTS, MEASURED_ON, SHELL_COST, START_COSTS } from "../../src/survey/costs.ts";

interface Results {
  readonly date: string;
  readonly machine: { readonly cpu: string; readonly cores: number };
  readonly rows: readonly {
    readonly worker: string;
    readonly line: string;
    readonly figures: { readonly cpuMsPerCheck: { readonly median: number } };
  }[];
}

function resultsOf(scenario: string): Results {
  return JSON.parse(readFileSync(`bench/results/${scenario}.json`, "utf8"));
}

function published(source: string): number {
  const [scenario = "", line] = source.split("/");
  const row = resultsOf(scenario).rows.find((each) => each.worker === "omd-worker" && each.line === line);
  return Number(row?.figures.cpuMsPerCheck.median.toFixed(3));
}

const STARTS = Object.entries(START_COSTS).map(([kind, { startedMs, warmMs, sources }]) => ({
  name: kind,
  costs: warmMs === undefined ? [startedMs] : [startedMs, warmMs],
  sources,
}));
const CHECKS = CHECK_COSTS.map(({ check, nativeMs, startedMs, sources }) => ({
  name: check,
  costs: [nativeMs, startedMs],
  sources,
}));
const SHELL = { name: "a shell", costs: [SHELL_COST.ms], sources: [SHELL_COST.source] };

/** Lines of a check that has another line, which most sites have more of. */
const VARIANTS = ["curl-tls", "snmp-v3", "nrpe-plain", "procs-state"];

it.each([...CHECKS, ...STARTS, SHELL])(
  "the costs of $name are those of the published benchmarks",
  ({ costs, sources }) => {
    expect(costs).toEqual(sources.map(published));
  },
);

it("each check that is measured beside its plugin has its costs here", () => {
  const lines = resultsOf("native").rows.map(({ line }) => line);
  const beside = new Set(lines.filter((line) => lines.includes(`${line}-exec`)));
  const used = CHECK_COSTS.flatMap(({ sources }) => sources.map((source) => source.replace(/^native\//, "")));
  expect([...beside].filter((line) => !used.includes(line))).toEqual(VARIANTS);
});

it("the days and the machines are those of the published benchmarks", () => {
  const [checks, others] = ["native", "lines"].map((scenario) => {
    const { date, machine } = resultsOf(scenario);
    return `${date.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores`;
  });
  expect(MEASURED_ON).toBe(`${checks}; other plugins ${others}`);
});

it("the costs of each check are those of the table in docs/survey.md", () => {
  const lines = readFileSync("docs/survey.md", "utf8").split("\n");
  const rows = CHECK_COSTS.map(({ check, nativeMs, startedMs }) =>
    [check, nativeMs.toFixed(3), startedMs.toFixed(3)].join(" | "),
  );
  expect(rows.filter((row) => !lines.includes(`| ${row} |`))).toEqual([]);
});
