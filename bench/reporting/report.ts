import type { FigureName } from "../measuring/figures.ts";
import type { Line } from "../scenarios/line.ts";
import type { Summary } from "./summary.ts";
import { renderTable } from "./table.ts";
import type { Machine, WorkerVersion } from "./versions.ts";

/** A run as it may be published. It holds no path of this machine. */
export interface Report {
  readonly scenario: string;
  readonly about: string;
  /** ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly workers: readonly WorkerVersion[];
  /** Their commands still have placeholders for folders and ports. */
  readonly lines: readonly Line[];
  readonly encryption: boolean;
  readonly cpuMeasuredBy: string;
  /** The name of the worker that the others are compared with. */
  readonly base: string | undefined;
  /** Texts about what was left out and what failed. */
  readonly notes: readonly string[];
  readonly rows: readonly Summary[];
}

/** The day, the machine, the workers, the table and how to read it, in Markdown. */
export function renderReport(report: Report, columns: readonly FigureName[]): string {
  const { workers, notes, base, encryption, cpuMeasuredBy } = report;
  const against = base === undefined ? "" : ` × is against ${base}.`;
  return [
    `### ${report.scenario}: ${report.about}`,
    "",
    `${renderOrigin(report)}.`,
    "",
    ...workers.map(({ name, version, command }) => `- **${name}** (${version}): \`${command}\``),
    ...notes.map((note) => `- ${note}`),
    "",
    renderTable(report.rows, columns),
    "",
    `Median (least–most).${against} Encryption ${encryption ? "on" : "off"}.`,
    `CPU is that of the worker and all it starts, by ${cpuMeasuredBy}. Other CPU: what strangers used of the machine, at most.`,
  ].join("\n");
}

/** `2026-01-31, 2 × Some CPU, Linux 6.1, Node v24.0.0, gearmand 1.1.20` */
export function renderOrigin({ date, machine }: Pick<Report, "date" | "machine">): string {
  const { cores, cpu, kernel, node, gearmand } = machine;
  return `${date.slice(0, 10)}, ${cores} × ${cpu}, Linux ${kernel}, Node ${node}, ${gearmand}`;
}
