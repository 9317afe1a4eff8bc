import type { ObjectState } from "./core.ts";

/** Everything the screen shows. */
export interface Picture {
  readonly seconds: number;
  readonly results: number;
  readonly resultsPerSecond: number;
  readonly submitted: number;
  readonly events: number;
  /** How many checks were run in each way. */
  readonly runs: Readonly<Record<string, number>>;
  /** CPU use of this process in cores, without the plugins it starts. */
  readonly cpu: number;
  readonly states: readonly ObjectState[];
  readonly via: ReadonlyMap<string, string>;
  /** Where the status page is; undefined until it is served. */
  readonly pageUrl?: string | undefined;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
  readonly hasColours: boolean;
  /** The first row of the table that is shown, where the reader may scroll. */
  readonly from?: number;
}

const NAMES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"];
const COLOURS = [32, 33, 31, 35];
/** Rows for the title, the totals, blank lines, column heads, the line below the table and the cursor. */
const OTHER_ROWS = 8;
const TITLE = "omd-worker demo: a job server, a small core and the worker. Ctrl-C ends it.";
/** By return code: CRITICAL comes first. What is not checked yet comes last. */
const ORDER = [3, 1, 0, 2];

export function renderScreen(picture: Picture, size: Size): string {
  const room = Math.max(1, size.rows - OTHER_ROWS);
  const shown = inOrder(picture.states)
    .slice(size.from ?? 0)
    .slice(0, room);
  const lines = [
    TITLE.slice(0, size.columns - 1),
    picture.pageUrl === undefined ? "" : `Status page: ${picture.pageUrl}`.slice(0, size.columns - 1),
    ...totals(picture).map((line) => line.slice(0, size.columns - 1)),
    "",
    row(["HOST", "SERVICE", "STATE", "RUN BY", "TOOK", "OUTPUT"], size.columns),
    ...shown.map((state) => stateRow(state, picture.via, size)),
    rest(picture.states.length, shown.length, size).slice(0, size.columns - 1),
  ];
  return lines.join("\n");
}

function totals({
  seconds,
  results,
  resultsPerSecond,
  submitted,
  events,
  runs,
  cpu,
}: Picture): readonly string[] {
  const ways = ["native", "warm", "plugin", "shell"].map((via) => `${runs[via] ?? 0} ${via}`).join(", ");
  return [
    `${seconds.toFixed(0)} s   ${results} results of ${submitted} checks   ${resultsPerSecond.toFixed(0)} results/s   ${cpu.toFixed(2)} cores`,
    `run: ${ways}   event handlers: ${events}`,
  ];
}

/** Problems come first, then the checks of this machine, then the others. */
function inOrder(states: readonly ObjectState[]): readonly ObjectState[] {
  const rank = ({ returnCode }: ObjectState) =>
    returnCode === undefined ? ORDER.length : (ORDER[returnCode] ?? 0);
  return states.toSorted((a, b) => rank(a) - rank(b));
}

/** What the table does not show, and how to see it. */
function rest(all: number, shown: number, { from }: Size): string {
  if (shown === all) return "";
  return from === undefined
    ? `… and ${all - shown} more`
    : `${from + 1} to ${from + shown} of ${all}   ↑ ↓ PgUp PgDn scroll, q ends`;
}

function stateRow(
  state: ObjectState,
  via: ReadonlyMap<string, string>,
  { columns, hasColours }: Size,
): string {
  const { object, returnCode, output, took } = state;
  const name = returnCode === undefined ? "PENDING" : (NAMES[returnCode] ?? "UNKNOWN");
  const [firstLine = ""] = output.split("\\n");
  const seconds =
    returnCode === undefined ? "" : took < 1 ? `${(took * 1000).toFixed(1)} ms` : `${took.toFixed(1)} s`;
  const how = via.get(object.commandLine) ?? "";
  const text = row([object.host, object.service ?? "(host)", name, how, seconds, firstLine], columns);
  if (!hasColours || returnCode === undefined) return text;
  return text.replace(name, `\x1b[${COLOURS[returnCode] ?? COLOURS[3]}m${name}\x1b[0m`);
}

const WIDTHS = [8, 16, 9, 7, 9];

function row(cells: readonly string[], columns: number): string {
  const text = cells
    .map((cell, index) => cell.slice(0, WIDTHS[index] ?? columns).padEnd(WIDTHS[index] ?? 0))
    .join(" ");
  return text.slice(0, columns - 1).trimEnd();
}
