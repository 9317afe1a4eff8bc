import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type ReportedRun, renderChaos } from "../../../bench/chaos/report.ts";
import { isSound } from "../../../bench/chaos/verdict.ts";

const { runs } = JSON.parse(readFileSync("bench/results/chaos.json", "utf8")) as {
  readonly runs: readonly ReportedRun[];
};

it("the table of docs/reliability.md is that of the published run", () => {
  expect(readFileSync("docs/reliability.md", "utf8")).toContain(renderChaos(runs));
});

it("our worker has lost nothing in it, and run nothing again without a cause", () => {
  const ours = runs.filter(({ worker }) => worker.startsWith("omd-worker"));
  expect(ours.length).toBeGreaterThan(0);
  expect(ours.filter(({ run }) => !isSound(run))).toEqual([]);
});
