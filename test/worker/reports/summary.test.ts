import { expect, it, vi } from "vitest";
import { Summary } from "../../../src/worker/reports/summary.ts";
import type { PerformedJob } from "../../../src/worker/worker-events.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { stubLog } from "../../support/stub-log.ts";

checkLeaks();

const ran = (kind: string) => ({ ran: { outcome: { kind } } }) as unknown as PerformedJob;

it("sums up the jobs since the summary before", () => {
  let done = 100;
  const log = stubLog();
  const summary = new Summary({ log, read: () => ({ done, waiting: 2 }) });
  summary.configure(600);
  for (const kind of ["exited", "timed-out", "refused"]) summary.listener.ran?.(ran(kind));
  done = 220;
  summary.write();
  done = 221;
  summary.write();
  summary.stop();
  expect(log.info.mock.calls).toEqual([
    ["120 jobs in 600 seconds, 0.2 a second, 1 timed out; 2 results wait for a job server"],
    ["1 jobs in 600 seconds, 0 a second, 0 timed out; 2 results wait for a job server"],
  ]);
});

it("comes again and again, until it is switched off", async () => {
  const log = stubLog();
  const summary = new Summary({ log, read: () => ({ done: 0, waiting: 0 }) });
  summary.configure(0.001);
  await vi.waitFor(() => expect(log.info.mock.calls.length).toBeGreaterThan(1));
  summary.configure(0);
  summary.stop();
});
