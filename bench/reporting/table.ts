import { FIGURES, type FigureName, renderFigure } from "../measuring/figures.ts";
import type { Summary } from "./summary.ts";

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

const TRAILING: readonly Column[] = [
  { title: "wrong", cell: (row) => String(row.wrong) },
  // The worst repetition is shown, as a median would hide a disturbance.
  { title: "other CPU", cell: ({ figures }) => `${(figures.otherCpuPercent?.most ?? 0).toFixed(0)} %` },
];

/** A Markdown table with aligned columns, so that a terminal shows it well, too. */
export function renderTable(rows: readonly Summary[], figures: readonly FigureName[]): string {
  const hasRatios = rows.some(({ ratios }) => Object.keys(ratios).length > 0);
  const columns = [...LEADING, ...figures.flatMap((name) => columnsOf(name, hasRatios)), ...TRAILING];
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

function columnsOf(name: FigureName, hasRatios: boolean): readonly Column[] {
  const { title, isKey } = FIGURES[name];
  const value: Column = { title, cell: (row) => ranged(name, row) };
  const ratio: Column = { title: "×", cell: ({ ratios }) => ratios[name]?.toFixed(2) ?? "" };
  return isKey && hasRatios ? [value, ratio] : [value];
}

function ranged(name: FigureName, { figures }: Summary): string {
  const spread = figures[name];
  if (spread === undefined) return "";
  const [median, least, most] = [spread.median, spread.least, spread.most].map((one) =>
    renderFigure(name, one),
  );
  return FIGURES[name].isKey && least !== most ? `${median} (${least}–${most})` : `${median}`;
}
