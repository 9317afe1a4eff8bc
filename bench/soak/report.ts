import type { LoadCounts } from "../load/endless-load.ts";
import { renderOrigin } from "../reporting/report.ts";
import type { Machine, WorkerVersion } from "../reporting/versions.ts";
import { type Sample, SOAK_FIGURES } from "./figures.ts";
import type { SoakVerdict, Steadiness } from "./verdict.ts";

/** A run as it may be published. It holds no path of this machine. */
export interface SoakReport {
  readonly scenario: "soak";
  /** ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly worker: WorkerVersion;
  readonly own: readonly string[];
  readonly minutes: number;
  readonly rate: number;
  readonly siteRate: number;
  /** Absent: all kinds of the site. */
  readonly kinds?: readonly string[];
  readonly encryption: boolean;
  readonly plantedLeak: number;
  readonly notes: readonly string[];
  readonly counts: LoadCounts;
  readonly verdict: SoakVerdict;
  /** Each figure's values in the order of the samples: an hour of objects would be a long file. */
  readonly samples: Readonly<Record<keyof Sample, readonly number[]>>;
}

export function toColumns(samples: readonly Sample[]): SoakReport["samples"] {
  const names = Object.keys(samples[0] ?? {}) as readonly (keyof Sample)[];
  const columns = names.map((name) => [name, samples.map((sample) => rounded(sample[name]))] as const);
  return Object.fromEntries(columns) as unknown as SoakReport["samples"];
}

/** Each job has exactly one result, which is right, and no figure has grown. */
export function isSoakSound({ counts, verdict }: Pick<SoakReport, "counts" | "verdict">): boolean {
  const { submitted, results, wrong, unexpected, waiting } = counts;
  const isComplete = results === submitted && wrong === 0 && unexpected === 0 && waiting === 0;
  return isComplete && verdict.figures.every(({ isSteady, isPart }) => isSteady || isPart === true);
}

export function renderSoak(report: SoakReport): string {
  const { counts, minutes, rate, siteRate, verdict, worker, notes } = report;
  const { submitted, results, wrong, unexpected, waiting } = counts;
  return [
    `### soak: ${minutes} minutes, ${number(rate, 0)} checks a second, ${number(siteRate, 1)} of them of the site`,
    "",
    `${renderOrigin(report)}. ${worker.name} (${worker.version}).`,
    ...notes.map((note) => `- ${note}`),
    "",
    `${number(submitted, 0)} jobs, ${number(results, 0)} results, ${wrong} wrong, ${unexpected} unexpected, ${waiting} missing.`,
    "",
    `| figure, after ${number(verdict.from / 60, 1)} minutes | level | drift | band | steady |`,
    "|---|---|---|---|---|",
    ...verdict.figures.map(renderFigure),
  ].join("\n");
}

export function titleOf(figure: string): string {
  return SOAK_FIGURES.find(({ name }) => name === figure)?.title ?? figure;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function renderFigure({ figure, level, drift, band, isSteady, isPart }: Steadiness): string {
  const cells = [
    titleOf(figure),
    number(level, 1),
    percent(drift),
    percent(band),
    isPart ? "a part" : isSteady ? "yes" : "**no**",
  ];
  return `| ${cells.join(" | ")} |`;
}

function number(value: number, digits: number): string {
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
