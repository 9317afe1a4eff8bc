import { type QueueRow, rowsOf, type ServerPicture } from "./picture.ts";
import { SORTS, type View } from "./view.ts";

export interface TopSize {
  readonly columns: number;
  readonly rows: number;
  readonly hasColours: boolean;
}

/** Rows beside those that scroll: two at the top with an empty one, the head, and one at the bottom. */
export const OTHER_ROWS = 5;
const NUMBER_WIDTH = 10;
const KEYS = "q quit  ←→ sort  r reverse  / filter  i idle  ↑↓ PgUp PgDn";
const RED = 31;
const GREEN = 32;
const YELLOW = 33;
const BOLD = 1;
const DIM = 2;

/** The whole screen: totals, the queues of each server, and the keys. Lines are cut at its width. */
export function renderTop(servers: readonly ServerPicture[], view: View, size: TopSize): string {
  const nameWidth = Math.max(10, size.columns - SORTS.length * NUMBER_WIDTH + NUMBER_WIDTH - 2);
  const body = servers.flatMap((server) => [
    ...(servers.length > 1 || server.report?.kind !== "read" ? [heading(server, view)] : []),
    ...rowsOf(server, view).map((row) => queueLine(row, nameWidth)),
  ]);
  const room = Math.max(1, size.rows - OTHER_ROWS);
  const from = Math.min(view.from, Math.max(0, body.length - room));
  const shown = body.slice(from, from + room);
  const position = body.length > room ? `${from + 1}-${from + shown.length} of ${body.length}  ` : "";
  const bottom = view.isTyping
    ? `filter: ${view.filter}_  Enter keeps it, Esc drops it`
    : `${position}${KEYS}`;
  const lines: readonly Line[] = [
    { text: title(servers, view), colour: BOLD },
    { text: totals(servers, view), colour: undefined },
    { text: "", colour: undefined },
    { text: head(view, nameWidth), colour: BOLD },
    ...(shown.length > 0 ? shown : [{ text: " no queues found", colour: DIM }]),
    ...Array.from({ length: Math.max(0, room - Math.max(1, shown.length)) }, () => EMPTY),
    { text: bottom, colour: DIM },
  ];
  return lines
    .slice(0, size.rows)
    .map((line) => paint(line, size))
    .join("\n");
}

interface Line {
  readonly text: string;
  /** An ANSI code. */
  readonly colour: number | undefined;
}

const EMPTY: Line = { text: "", colour: undefined };

function paint({ text, colour }: Line, { columns, hasColours }: TopSize): string {
  const cut = text.slice(0, Math.max(0, columns - 1));
  return hasColours && colour !== undefined && cut !== "" ? `\x1b[${colour}m${cut}\x1b[0m` : cut;
}

function title(servers: readonly ServerPicture[], { filter, hidesIdle, isTyping }: View): string {
  const [only] = servers;
  const version = only?.report?.kind === "read" ? `  v${only.report.version}` : "";
  const where = servers.length === 1 && only ? `${addressOf(only)}${version}` : `${servers.length} servers`;
  const filtered = filter === "" || isTyping ? "" : `  filter: ${filter}`;
  return `gearman_top  ${where}${filtered}${hidesIdle ? "  idle queues hidden" : ""}`;
}

function addressOf({ server }: ServerPicture): string {
  return `${server.name}:${server.port}`;
}

function totals(servers: readonly ServerPicture[], view: View): string {
  return sumUp(servers.flatMap((server) => rowsOf(server, view)));
}

function sumUp(rows: readonly QueueRow[]): string {
  const sum = (read: (row: QueueRow) => number) => rows.reduce((all, row) => all + read(row), 0);
  const change = sum((row) => row.change ?? 0);
  const counts = `${sum((row) => row.workers)} workers, ${sum((row) => row.waiting)} waiting, ${sum((row) => row.running)} running`;
  return `${rows.length} queues: ${counts}, change ${signed(change)}/s`;
}

function heading(picture: ServerPicture, view: View): Line {
  const { report } = picture;
  const address = addressOf(picture);
  switch (report?.kind) {
    case undefined:
      return { text: `${address}  waiting for the first answer`, colour: DIM };
    case "failed":
      return { text: `${address}  ${report.reason}`, colour: RED };
    case "read":
      return { text: `${address}  v${report.version}  ${sumUp(rowsOf(picture, view))}`, colour: BOLD };
  }
}

function head({ sort, isReversed }: View, nameWidth: number): string {
  const mark = (name: string) => (name === sort ? `${isReversed ? "▲" : "▼"}${name}` : name);
  const [first = "", ...others] = SORTS.map(mark);
  return ` ${first.padEnd(nameWidth)}${others.map((name) => name.padStart(NUMBER_WIDTH)).join("")}`;
}

function queueLine({ name, workers, waiting, running, change }: QueueRow, nameWidth: number): Line {
  const cells = [
    String(workers),
    String(waiting),
    String(running),
    change === undefined ? "" : signed(change),
  ];
  const shown = name.length > nameWidth ? `${name.slice(0, nameWidth - 1)}…` : name.padEnd(nameWidth);
  const text = ` ${shown}${cells.map((cell) => cell.padStart(NUMBER_WIDTH)).join("")}`;
  return { text, colour: colourOf({ workers, waiting, running }) };
}

/** Red: nobody does these jobs. Yellow: jobs wait. Green: jobs run. */
function colourOf({ workers, waiting, running }: Pick<QueueRow, "workers" | "waiting" | "running">) {
  if (waiting > 0) return workers === 0 ? RED : YELLOW;
  if (running > 0) return GREEN;
  return workers === 0 ? DIM : undefined;
}

function signed(value: number): string {
  const text = Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1);
  if (Number(text) === 0) return "0";
  return value > 0 ? `+${text}` : text;
}
