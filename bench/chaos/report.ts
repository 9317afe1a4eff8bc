import type { ChaosRun } from "./run.ts";

export interface ReportedRun {
  readonly worker: string;
  readonly run: ChaosRun;
}

const COLUMNS: readonly (readonly [title: string, cell: (run: ChaosRun) => string | number])[] = [
  ["jobs", ({ jobs }) => jobs.toLocaleString("en")],
  ["disturbances", ({ disturbances }) => disturbances],
  ["lost", ({ lost }) => lost],
  ["wrong", ({ wrong }) => wrong],
  ["never run", ({ neverRun }) => neverRun],
  ["outdated", ({ outdated }) => outdated],
  ["two results", ({ doubled }) => doubled],
  ["same result again", ({ repeated }) => repeated],
  ["run again: killed", ({ runAgain }) => runAgain.killed],
  ["moved", ({ runAgain }) => runAgain.moved],
  ["left", ({ runAgain }) => runAgain.left],
  ["resubmitted", ({ runAgain }) => runAgain.resubmitted],
  ["without cause", ({ runAgain }) => runAgain.unexplained],
  ["late", ({ late }) => late],
  ["slowest", ({ slowestMs }) => `${(slowestMs / 1000).toFixed(1)} s`],
  ["gearmand's slowest start", ({ serverStarts }) => `${(serverStarts.slowestMs / 1000).toFixed(1)} s`],
  ["starts it failed", ({ serverStarts }) => serverStarts.failed],
  ["peak RSS", ({ peakMiB }) => `${peakMiB.toFixed(0)} MiB`],
];

/** A Markdown table, a line for each worker. */
export function renderChaos(runs: readonly ReportedRun[]): string {
  const titles = ["worker", ...COLUMNS.map(([title]) => title)];
  const rows = runs.map(({ worker, run }) => [worker, ...COLUMNS.map(([, cell]) => String(cell(run)))]);
  const lines = [titles, titles.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
