import { fromByteString } from "../../byte-string.ts";
import type { QueueStatus } from "../../gearman/admin.ts";
import { type ServerReport, waitingOf } from "../read-server.ts";
import { isIdle } from "./batch.ts";
import type { NamedServer } from "./options.ts";
import type { View } from "./view.ts";

/** What is known of one server now. */
export interface ServerPicture {
  readonly server: NamedServer;
  /** Undefined: it has not answered yet. */
  readonly report: ServerReport | undefined;
  /** By how many jobs, waiting and running, each queue grew in a second. */
  readonly changes: ReadonlyMap<string, number>;
}

/** A queue as a row shows it. */
export interface QueueRow {
  readonly name: string;
  readonly workers: number;
  readonly waiting: number;
  readonly running: number;
  /** Undefined: not known yet. */
  readonly change: number | undefined;
}

/** The changes between two answers of a server. */
export function changesBetween(
  before: ServerReport | undefined,
  now: ServerReport,
  seconds: number,
): ReadonlyMap<string, number> {
  if (before?.kind !== "read" || now.kind !== "read" || seconds <= 0) return new Map();
  const totals = new Map(before.queues.map(({ queue, total }) => [queue, total]));
  return new Map(now.queues.map(({ queue, total }) => [queue, (total - (totals.get(queue) ?? 0)) / seconds]));
}

/** The queues that the view shows, in its order. */
export function rowsOf({ report, changes }: ServerPicture, view: View): readonly QueueRow[] {
  if (report?.kind !== "read") return [];
  const filter = view.filter.toLowerCase();
  const rows = report.queues
    .filter((status) => !view.hidesIdle || !isIdle(status))
    .map((status) => rowOf(status, changes))
    .filter(({ name }) => name.toLowerCase().includes(filter));
  const sorted = rows.toSorted((one, other) => compare(one, other, view));
  return view.isReversed ? sorted.reverse() : sorted;
}

/** A name is what any client has sent: a control character would reach the terminal. */
function rowOf(status: QueueStatus, changes: ServerPicture["changes"]): QueueRow {
  const { queue, workers, running } = status;
  const name = fromByteString(queue).replace(/[\x00-\x1f\x7f-\x9f]/g, "?");
  return { name, workers, running, waiting: waitingOf(status), change: changes.get(queue) };
}

/** Numbers begin with the largest. */
function compare(one: QueueRow, other: QueueRow, { sort }: View): number {
  switch (sort) {
    case "QUEUE":
      return one.name < other.name ? -1 : 1;
    case "WORKERS":
      return other.workers - one.workers;
    case "WAITING":
      return other.waiting - one.waiting;
    case "RUNNING":
      return other.running - one.running;
    case "CHANGE/S":
      return (other.change ?? 0) - (one.change ?? 0);
  }
}
