import type { PhaseRow } from "./phases.ts";

export interface Beginning {
  readonly workers: number;
  /** Until gearmand knew all of them. */
  readonly seconds: number;
  readonly pssMiB: number;
}

const COLUMNS: readonly (readonly [title: string, cell: (row: PhaseRow) => string])[] = [
  ["phase", ({ phase }) => phase],
  ["jobs", ({ jobs }) => jobs.toLocaleString("en")],
  ["wrong, second, missing", ({ wrong }) => String(wrong)],
  ["same job again", ({ again }) => String(again ?? "")],
  ["killed", ({ killed }) => String(killed ?? "")],
  ["all there again after", ({ registeredAfter: s }) => (s === undefined ? "" : `${s.toFixed(1)} s`)],
  ["seconds", ({ seconds }) => seconds.toFixed(1)],
  ["jobs/s", ({ jobs, seconds }) => (jobs / seconds).toFixed(0)],
  ["gearmand cores", ({ gearmandCores }) => gearmandCores.toFixed(3)],
  ["gearmand ms/job", ({ jobs, gearmandMsPerJob }) => (jobs === 0 ? "" : gearmandMsPerJob.toFixed(3))],
  ["workers cores", ({ workersCores }) => workersCores?.toFixed(2) ?? ""],
  ["workers ms/job", ({ jobs, workersMsPerJob }) => (jobs === 0 ? "" : (workersMsPerJob?.toFixed(2) ?? ""))],
  ["p50 ms", ({ p50Ms }) => p50Ms?.toFixed(0) ?? ""],
  ["p99 ms", ({ p99Ms }) => p99Ms?.toFixed(0) ?? ""],
  ["max ms", ({ maxMs }) => maxMs?.toFixed(0) ?? ""],
  ["jobs of a worker", ({ share }) => (share ? `${share.least} / ${share.median} / ${share.most}` : "")],
];

/** A Markdown table, a line for each phase. */
export function renderCrowd({ workers, seconds, pssMiB }: Beginning, rows: readonly PhaseRow[]): string {
  const lines = [
    COLUMNS.map(([title]) => title),
    COLUMNS.map(() => "---"),
    ...rows.map((row) => COLUMNS.map(([, cell]) => cell(row))),
  ];
  const each = (pssMiB / workers).toFixed(0);
  return [
    `${workers} workers were registered after ${seconds.toFixed(0)} seconds, and took ${pssMiB.toFixed(0)} MiB (PSS), ${each} each.`,
    "",
    ...lines.map((cells) => `| ${cells.join(" | ")} |`),
  ].join("\n");
}
