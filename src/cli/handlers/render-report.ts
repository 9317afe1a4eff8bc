import { withoutControls } from "../../byte-string.ts";
import type { Grouping } from "../../handlers/group-runs.ts";
import type { RunResult } from "../../handlers/handler-run.ts";
import type { HandlerSummary } from "../../handlers/summarise-runs.ts";
import { renderDuration } from "../control/render-time.ts";
import { renderTable } from "../render-table.ts";

/** What `omd-worker handlers report` tells; `--json` prints it as it is. Times are ISO 8601. */
export interface HandlerReport {
  readonly since: string;
  /** What a row of `handlers` stands for. */
  readonly by: Grouping;
  readonly files: readonly string[];
  readonly unreadableLines: number;
  readonly handlers: readonly HandlerSummary[];
  /** Of those that `--known` names. Undefined: it was not given. */
  readonly neverRan?: readonly string[] | undefined;
}

const COUNTED: Readonly<Record<Grouping, string>> = {
  handler: "event handlers",
  command: "command lines of event handlers",
  host: "hosts",
  service: "hosts and services",
};

const COLUMNS: readonly (readonly [string, RunResult])[] = [
  ["OK", "ok"],
  ["FAILED", "failed"],
  ["TIMED OUT", "timed-out"],
  ["REFUSED", "refused"],
  ["DRY RUN", "dry-run"],
  ["TOO OLD", "too-old"],
];

export function renderReport(report: HandlerReport): string {
  const { since, by, files, handlers, neverRan, unreadableLines } = report;
  const runs = handlers.reduce((sum, one) => sum + one.runs, 0);
  const head = `${runs} runs of ${handlers.length} ${COUNTED[by]} since ${readable(since)}, from ${files.join(", ")}\n`;
  const table = handlers.length === 0 ? "" : `\n${renderHandlers(handlers, by)}`;
  const failures = handlers.flatMap(renderFailure).join("");
  const never = neverRan === undefined ? "" : renderNever(neverRan, by);
  const torn = unreadableLines === 0 ? "" : `\n${unreadableLines} lines cannot be read\n`;
  return `${head}${table}${failures === "" ? "" : `\nlast failures:\n${failures}`}${never}${torn}`;
}

/** Command lines are long, so they stand last, and have a line each. */
function renderHandlers(handlers: readonly HandlerSummary[], by: Grouping): string {
  const place = (name: string, cells: readonly string[]) =>
    by === "command" ? [...cells, name] : [name, ...cells];
  const titles = ["RUNS", ...COLUMNS.map(([title]) => title), "MEAN", "LONGEST", "LAST"];
  const rows = handlers.map(({ name, runs, results, meanSeconds, maxSeconds, last }) =>
    place(withoutControls(name), [
      ...[String(runs), ...COLUMNS.map(([, result]) => String(results[result]))],
      ...[renderDuration(meanSeconds), renderDuration(maxSeconds), readable(last)],
    ]),
  );
  return renderTable(place(by.toUpperCase(), titles), rows);
}

function renderNever(names: readonly string[], by: Grouping): string {
  const head = `\nnever ran (${names.length}):`;
  if (names.length === 0) return `${head} none\n`;
  const shown = names.map((name) => withoutControls(name));
  return by === "command"
    ? `${head}\n${shown.map((name) => `  ${name}\n`).join("")}`
    : `${head} ${shown.join(", ")}\n`;
}

function renderFailure({ handler, lastFailure }: HandlerSummary): readonly string[] {
  if (lastFailure === undefined) return [];
  const { time, host, service, returnCode, signal, output, result } = lastFailure;
  const object = [service, host].filter((name) => name !== undefined && name !== "").join(" - ");
  const code = returnCode === undefined ? undefined : `return code ${returnCode}`;
  const how =
    result === "timed-out" ? "timed out" : (code ?? (signal === undefined ? result : `signal ${signal}`));
  const text = `  ${handler}, ${readable(time)}${object === "" ? "" : ` for ${object}`}: ${how}: ${output}`;
  return [`${withoutControls(text).trimEnd()}\n`];
}

/** `2026-11-26 08:00:00`, in the time of the machine. */
function readable(time: string): string {
  return new Date(time).toLocaleString("sv-SE");
}
