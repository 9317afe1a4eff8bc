import type { QueueStatus } from "../../gearman/admin.ts";
import type { ServerAddress } from "../../gearman/server-address.ts";
import { readServer } from "../read-server.ts";
import { judgeQueues, renderPerfdata, type Verdict } from "./judge-queues.ts";
import type { Thresholds } from "./options.ts";

export interface ServerCheck {
  readonly server: ServerAddress;
  readonly timeoutMs: number;
  /** Undefined: all queues. */
  readonly queue: string | undefined;
  readonly excluded: readonly string[];
  readonly thresholds: Thresholds;
}

/** Asks the job server for its queues, and judges them. */
export async function checkServer(check: ServerCheck): Promise<Verdict> {
  const { server, timeoutMs, queue, thresholds } = check;
  const report = await readServer(server, timeoutMs);
  if (report.kind === "failed") return { state: 2, text: `${report.reason}\n` };
  const isExcluded = matcher(check.excluded);
  const queues = report.queues.filter((each) => isAsked(each, queue) && !isExcluded(each.queue));
  const perfdata = report.queues.length === 0 ? "" : `|${renderPerfdata(queues, thresholds)}`;
  const verdict: Verdict =
    queue !== undefined && queues.length === 0
      ? { state: 1, text: `Queue ${queue} not found` }
      : judgeQueues(queues, report.version, thresholds);
  return { ...verdict, text: `${verdict.text}${perfdata}` };
}

function isAsked(status: QueueStatus, queue: string | undefined): boolean {
  return queue === undefined || status.queue === queue;
}

/** Names in which `*` stands for any characters. */
function matcher(patterns: readonly string[]): (name: string) => boolean {
  const tests = patterns.map((pattern) => {
    const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`, "s");
  });
  return (name) => tests.some((test) => test.test(name));
}
