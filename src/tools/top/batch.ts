import type { ByteString } from "../../byte-string.ts";
import type { QueueStatus } from "../../gearman/admin.ts";
import { type ServerReport, waitingOf } from "../read-server.ts";
import type { NamedServer } from "./options.ts";

const LEAST_WIDTH = 12;
/** The columns beside the name of the queue, and what is between them. */
const OTHER_WIDTH = 51;
const EMPTY_INDENT = 25;

export interface BatchTable {
  readonly server: NamedServer;
  readonly report: ServerReport;
  /** The last version that the server has told. */
  readonly version: string | undefined;
  readonly now: Date;
  readonly isQuiet: boolean;
}

/** One server's queues, byte for byte as the C tool prints them. */
export function renderBatch({ server, report, version, now, isQuiet }: BatchTable): ByteString {
  const told = version === undefined ? "" : `  -  v${version}`;
  const head = `${localTime(now)}  -  ${server.name}:${server.port}${told}\n\n`;
  switch (report.kind) {
    case "failed":
      return `${head} ${report.reason}\n\n`;
    case "read":
      return head + table(report.queues.filter((queue) => !isQuiet || !isIdle(queue)));
  }
}

/** Neither workers nor jobs. */
export function isIdle({ workers, total }: QueueStatus): boolean {
  return workers === 0 && total === 0;
}

function table(queues: readonly QueueStatus[]): ByteString {
  const width = queues.reduce((most, { queue }) => Math.max(most, queue.length), LEAST_WIDTH);
  const rule = `${"-".repeat(width + OTHER_WIDTH)}\n`;
  const head = ["Worker Available".padStart(16), "Jobs Waiting".padStart(12), "Jobs Running".padStart(12)];
  const rows = queues.map((status) => {
    const cells = [cell(status.workers, 16), cell(waitingOf(status), 12), cell(status.running, 12)];
    return ` ${status.queue.padEnd(width)} |${cells.join("  |")} \n`;
  });
  const empty = `${" ".repeat(width + EMPTY_INDENT)}no queues found\n`;
  const body = rows.length > 0 ? rows.join("") : empty;
  return ` ${"Queue Name".padEnd(width)} | ${head.join(" | ")}\n${rule}${body}${rule}`;
}

function cell(value: number, width: number): string {
  return String(value).padStart(width);
}

/** `2026-11-23 07:03:09`, in the zone of this machine. */
function localTime(now: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  return `${day} ${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(":")}`;
}
