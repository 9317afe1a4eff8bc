import type { Spread, Summary } from "./summary.ts";

interface Column {
  readonly title: string;
  readonly cell: (row: Summary) => string;
}

const LEADING: readonly Column[] = [
  { title: "line", cell: (row) => row.line },
  { title: "worker", cell: (row) => row.worker },
  { title: "pool", cell: (row) => String(row.pool) },
  { title: "jobs", cell: (row) => `${row.reps} × ${row.jobs}` },
];

const COST: readonly Column[] = [
  { title: "CPU ms/check", cell: (row) => ranged(row.cpuMsPerCheck, 3) },
  { title: "CPU ×", cell: (row) => times(row.cpuRatio) },
  { title: "PSS MiB", cell: (row) => row.pssMiB.median.toFixed(0) },
  { title: "peak MiB", cell: (row) => row.peakMiB?.median.toFixed(0) ?? "" },
  { title: "gearmand ms", cell: (row) => row.gearmandCpuMsPerCheck.median.toFixed(3) },
  { title: "wrong", cell: (row) => String(row.wrong) },
  { title: "other CPU", cell: (row) => `${(row.otherCpu.most * 100).toFixed(0)} %` },
];

const BURST: readonly Column[] = [
  ...LEADING,
  { title: "checks/s", cell: (row) => ranged(row.checksPerSecond, 0) },
  { title: "rate ×", cell: (row) => times(row.rateRatio) },
  { title: "first to last s", cell: (row) => row.seconds.median.toFixed(2) },
  ...COST,
];

const LIVE: readonly Column[] = [
  ...LEADING,
  { title: "p50 ms", cell: (row) => ranged(row.p50Ms, 1) },
  { title: "p95 ms", cell: (row) => ranged(row.p95Ms, 1) },
  { title: "p99 ms", cell: (row) => ranged(row.p99Ms, 1) },
  ...COST,
];

/** A table in Markdown, aligned, so that it reads well in a terminal and in a document. */
export function renderTable(rows: readonly Summary[], mode: "burst" | "live"): string {
  const columns = mode === "burst" ? BURST : LIVE;
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => cell(row))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const [header = "", ...lines] = cells.map(
    (row) => `| ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" | ")} |`,
  );
  return [header, `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...lines].join("\n");
}

function ranged({ median, least, most }: Spread, digits: number): string {
  const range = least === most ? "" : ` (${least.toFixed(digits)}–${most.toFixed(digits)})`;
  return `${median.toFixed(digits)}${range}`;
}

function times(ratio: number | undefined): string {
  return ratio === undefined ? "" : `×${ratio.toFixed(2)}`;
}
