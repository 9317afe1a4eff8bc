import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { PhaseRow } from "../../../bench/crowd/phases.ts";
import { type Beginning, renderCrowd } from "../../../bench/crowd/report.ts";

interface Published {
  readonly beginning: Beginning;
  readonly rows: readonly PhaseRow[];
}

const { beginning, rows }: Published = JSON.parse(readFileSync("bench/results/crowd.json", "utf8"));

it("the table of docs/sizing.md is that of the published run", () => {
  const [, , ...table] = renderCrowd(beginning, rows).split("\n");
  expect(readFileSync("docs/sizing.md", "utf8")).toContain(table.join("\n"));
});

it("each job of it had a right result, in a roll-out and while a gearmand hung for more than 40 seconds", () => {
  expect(rows.map(({ wrong, killed = 0 }) => wrong + killed)).toEqual(rows.map(() => 0));
  expect(rows.some(({ phase }) => phase.startsWith("roll-out"))).toBe(true);
  const hung = rows.filter(({ registeredAfter }) => registeredAfter !== undefined);
  expect(hung.map(({ phase }) => Number(/for (\d+) s/.exec(phase)?.[1]) > 40)).toEqual([true]);
});
