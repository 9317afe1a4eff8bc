import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FigureName } from "../measuring/figures.ts";
import type { Run } from "../measuring/run.ts";
import { renderChart } from "./chart.ts";
import type { Report } from "./report.ts";

const RESULTS = join(import.meta.dirname, "../results");

/** Writes what may be published, under a name without a date, so that documents can link to it. */
export function publishRun(report: Report, charts: readonly FigureName[]): readonly string[] {
  return write(report.scenario, report, renderChart(report, charts));
}

/** Writes the report and every single measurement, under a name with the date. */
export function keepRun(report: Report, run: Run, charts: readonly FigureName[]): readonly string[] {
  return write(datedName(report), { ...report, ...run }, renderChart(report, charts));
}

type Named = Pick<Report, "scenario" | "date">;

/** The same for runs of programs of their own, which make their own charts. */
export function publishFigures<Figures extends Named>(figures: Figures, chart?: string): readonly string[] {
  return write(figures.scenario, figures, chart);
}

export function keepFigures<Figures extends Named>(figures: Figures, chart?: string): readonly string[] {
  return write(datedName(figures), figures, chart);
}

function datedName({ date, scenario }: Named): string {
  return `${date.replaceAll(":", "-")}-${scenario}`;
}

function write(name: string, figures: object, chart?: string): readonly string[] {
  mkdirSync(RESULTS, { recursive: true });
  const json = join(RESULTS, `${name}.json`);
  const svg = join(RESULTS, `${name}.svg`);
  writeFileSync(json, `${JSON.stringify(figures, undefined, 2)}\n`);
  if (chart === undefined) return [json];
  writeFileSync(svg, chart);
  return [json, svg];
}
