import { expect, it } from "vitest";
import type { QueueStatus } from "../../../src/gearman/admin.ts";
import type { ServerReport } from "../../../src/tools/read-server.ts";
import { renderBatch } from "../../../src/tools/top/batch.ts";

const NOW = new Date(2026, 10, 23, 7, 3, 9);
const SERVER = { name: "localhost", host: "localhost", port: 4730 };

function render(report: ServerReport, isQuiet = false, version: string | undefined = "1.1.20+ds"): string {
  return renderBatch({ server: SERVER, report, version, now: NOW, isQuiet });
}

function queues(
  ...rows: readonly [queue: string, total: number, running: number, workers: number][]
): ServerReport {
  const all = rows.map(
    ([queue, total, running, workers]): QueueStatus => ({ queue, total, running, workers }),
  );
  return { kind: "read", version: "1.1.20+ds", queues: all };
}

/** Recorded from the C tool 5.2.4. */
const EMPTY = `2026-11-23 07:03:09  -  localhost:4730  -  v1.1.20+ds

 Queue Name   | Worker Available | Jobs Waiting | Jobs Running
---------------------------------------------------------------
                                     no queues found
---------------------------------------------------------------
`;
const LONG = `2026-11-23 07:03:09  -  localhost:4730  -  v1.1.20+ds

 Queue Name               | Worker Available | Jobs Waiting | Jobs Running
---------------------------------------------------------------------------
 a_long_queue_name_indeed |               1  |           0  |           0 
 check_results            |               0  |       60004  |           3 
---------------------------------------------------------------------------
`;
const REASON = "failed to connect to address localhost and port 4730: Connection refused";

it.each<[string, string, string]>([
  ["no queues", render(queues()), EMPTY],
  [
    "a long name",
    render(queues(["a_long_queue_name_indeed", 0, 0, 1], ["check_results", 60_007, 3, 0])),
    LONG,
  ],
  ["idle queues are hidden", render(queues(["old", 0, 0, 0]), true), EMPTY],
  [
    "no answer",
    render({ kind: "failed", reason: REASON }),
    `2026-11-23 07:03:09  -  localhost:4730  -  v1.1.20+ds\n\n ${REASON}\n\n`,
  ],
  [
    "no answer, and none before",
    renderBatch({
      server: SERVER,
      report: { kind: "failed", reason: "Name or service not known" },
      version: undefined,
      now: NOW,
      isQuiet: false,
    }),
    "2026-11-23 07:03:09  -  localhost:4730\n\n Name or service not known\n\n",
  ],
])("the layout is the C tool's: %s", (_, text, expected) => {
  expect(text).toBe(expected);
});
