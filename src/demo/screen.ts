import type { ObjectState } from "./core.ts";
import { countStates, describeEvent, type Picture, type StateName, stateOf } from "./picture.ts";
import { choose, type View } from "./view.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
  readonly hasColours: boolean;
}

const COLOURS: Readonly<Record<StateName, number | undefined>> = {
  OK: 32,
  WARNING: 33,
  CRITICAL: 31,
  UNKNOWN: 35,
  PENDING: undefined,
};
const TITLE = "omd-worker demo: a small data centre, and one worker that checks it";
const KEYS = "q ends  ↑↓ PgUp PgDn  p problems  c w u o state  a all";
/** Fewer rows or columns than these have no room for everything. */
const LOW = 18;
const NARROW = 72;
const WIDE = 120;

/** The whole screen. Without a view it has no keys, and shows what has most need of a reader. */
export function renderScreen(picture: Picture, size: Size, view?: View): string {
  const { columns } = size;
  const chosen = choose(picture.states, view?.filter ?? "all");
  const from = view === undefined ? 0 : fitView(view, picture, size).from;
  const shown = chosen.slice(from, from + roomFor(picture, size));
  const cut = (line: string) => line.slice(0, columns - 1);
  return [
    ...linesAbove(picture, size).map(cut),
    renderHead(size),
    ...shown.map((state) => stateRow(state, picture.via, size)),
    cut(view ? keys(view, from, shown.length, chosen.length) : rest(chosen.length - shown.length)),
  ].join("\n");
}

/** How many rows of the table there is room for. Below them are the last line and the cursor's. */
export function roomFor(picture: Picture, size: Size): number {
  return Math.max(1, size.rows - linesAbove(picture, size).length - 3);
}

/** A view that begins beyond the last page shows the last page. */
export function fitView(view: View, picture: Picture, size: Size): View {
  const most = choose(picture.states, view.filter).length - roomFor(picture, size);
  return { ...view, from: Math.min(view.from, Math.max(0, most)) };
}

function keys({ filter }: View, from: number, shown: number, all: number): string {
  const rows = all === 0 ? "none" : `${from + 1}-${from + shown} of ${all}`;
  return `${filter} ${rows}   ${KEYS}`;
}

function rest(hidden: number): string {
  return hidden === 0 ? "" : `… and ${hidden} more`;
}

function linesAbove(picture: Picture, { rows }: Size): readonly string[] {
  return rows < LOW ? essentials(picture) : everything(picture);
}

function everything(picture: Picture): readonly string[] {
  const { runs, events, lastEvent, missing } = picture;
  const ways = ["native", "warm", "plugin", "shell"].map((via) => `${runs[via] ?? 0} ${via}`).join(", ");
  return [
    TITLE,
    ...essentials(picture),
    `run: ${ways}   event handlers: ${events}`,
    lastEvent === undefined ? "" : `${timeOf(lastEvent)} ${describeEvent(lastEvent)}`,
    ...(missing.length > 0 ? [`left out here: ${missing.join("; ")}`] : []),
  ];
}

function essentials(picture: Picture): readonly string[] {
  const { seconds, results, resultsPerSecond, submitted, cpu, states, pageUrl } = picture;
  return [
    pageUrl === undefined ? "" : `Status page: ${pageUrl}`,
    `${seconds.toFixed(0)} s   ${results} results of ${submitted} checks   ${resultsPerSecond.toFixed(0)} results/s   ${cpu.toFixed(2)} cores`,
    `${states.length} hosts and services: ${countStates(states)}`,
  ];
}

function timeOf({ time }: { readonly time: Date }): string {
  return time.toTimeString().slice(0, 8);
}

function renderHead({ columns, hasColours }: Size): string {
  const text = renderRow(["HOST", "SERVICE", "STATE", "RUN BY", "TOOK", "OUTPUT"], columns);
  return hasColours ? `\x1b[1m${text}\x1b[0m` : text;
}

function stateRow(
  state: ObjectState,
  via: ReadonlyMap<string, string>,
  { columns, hasColours }: Size,
): string {
  const { object, returnCode, output, took } = state;
  const name = stateOf(state);
  const cells = [object.host, object.service ?? "(host)", name, via.get(object.commandLine) ?? ""];
  const time = returnCode === undefined ? "" : renderTime(took);
  const text = renderRow([...cells, time, firstLine(output)], columns);
  const colour = COLOURS[name];
  const at = stateColumn(columns);
  if (!hasColours || colour === undefined || text.length < at + name.length) return text;
  return `${text.slice(0, at)}\x1b[${colour}m${name}\x1b[0m${text.slice(at + name.length)}`;
}

/** In six characters or less, up to a quarter of an hour. */
function renderTime(seconds: number): string {
  const ms = seconds * 1000;
  if (ms >= 999.5) return `${seconds.toFixed(1)} s`;
  return `${ms.toFixed(ms < 9.95 ? 1 : 0)} ms`;
}

/** What a core shows of an output: neither perfdata nor long output, and nothing that steers a terminal. */
function firstLine(output: string): string {
  const [line = ""] = output.split("\\n");
  const [text = ""] = line.split("|");
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, " ").trimEnd();
}

/** 0: the column is left out. The output has what is left. */
function widthsFor(columns: number): readonly number[] {
  if (columns < NARROW) return [8, 14, 8, 0, 0];
  return [8, columns < WIDE ? 15 : 24, 8, 6, 6];
}

function stateColumn(columns: number): number {
  const [host = 0, service = 0] = widthsFor(columns);
  return host + 1 + service + 1;
}

function renderRow(cells: readonly string[], columns: number): string {
  const widths = widthsFor(columns);
  const text = cells
    .filter((_, index) => widths[index] !== 0)
    .map((cell, index, shown) => padOrCut(cell, index === shown.length - 1 ? undefined : widths[index]))
    .join(" ");
  return text.slice(0, columns - 1).trimEnd();
}

function padOrCut(cell: string, width = cell.length): string {
  return cell.length > width ? `${cell.slice(0, width - 1)}…` : cell.padEnd(width);
}
