import { setTimeout as pause } from "node:timers/promises";
import { readServer } from "../read-server.ts";
import type { ToolIo } from "../tool-io.ts";
import { renderBatch } from "./batch.ts";
import type { TopOptions } from "./options.ts";

/** Prints the queues of each server in turn, once or until it is stopped. Resolves to the exit code. */
export async function printTables(options: TopOptions, io: ToolIo): Promise<number> {
  const { servers, intervalMs, timeoutMs, isQuiet } = options;
  // As in the C tool: a server that is away is shown with the version that was told last, by any of them.
  let version: string | undefined;
  for (;;) {
    const reports = servers.map((server) => readServer(server, timeoutMs));
    for (const [at, server] of servers.entries()) {
      const report = await reports[at];
      if (report === undefined) continue;
      if (report.kind === "read") version = report.version;
      io.stdout(Buffer.from(renderBatch({ server, report, version, now: new Date(), isQuiet }), "latin1"));
    }
    if (intervalMs === undefined) return 0;
    await pause(intervalMs);
  }
}
