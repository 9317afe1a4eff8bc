import type { QueueStatus } from "../../gearman/admin.ts";
import { waitingOf } from "../read-server.ts";
import type { Thresholds } from "./options.ts";

export type State = 0 | 1 | 2 | 3;

export interface Verdict {
  readonly state: State;
  readonly text: string;
}

/** What is wrong with a queue: the first rule that holds. Undefined: nothing. The texts are the C tool's. */
export function judgeQueue(status: QueueStatus, limits: Thresholds): Verdict | undefined {
  const { queue, workers } = status;
  const waiting = waitingOf(status);
  const jobs = (adjective: string) => `${waiting} ${adjective}job${waiting > 1 ? "s" : ""}`;
  const isOver = (value: number, limit: number) => limit > 0 && value >= limit;
  if (waiting > 0 && workers === 0)
    return { state: 2, text: `Queue ${queue} has ${jobs("")} without any worker. ` };
  if (isOver(waiting, limits.waitingCritical))
    return { state: 2, text: `Queue ${queue} has ${jobs("waiting ")}. ` };
  if (isOver(workers, limits.workerCritical))
    return { state: 2, text: `Queue ${queue} has ${workers} worker. ` };
  if (limits.needsWorker && workers === 0) return { state: 2, text: `Queue ${queue} has no worker. ` };
  if (isOver(waiting, limits.waitingWarning))
    return { state: 1, text: `Queue ${queue} has ${jobs("waiting ")}. ` };
  if (isOver(workers, limits.workerWarning))
    return { state: 1, text: `Queue ${queue} has ${workers} worker. ` };
  return undefined;
}

/** All queues together: the worst state counts, and the texts of all stand in their order. */
export function judgeQueues(queues: readonly QueueStatus[], version: string, limits: Thresholds): Verdict {
  const verdicts = queues.map((status) => judgeQueue(status, limits)).filter((each) => each !== undefined);
  const state = verdicts.reduce<State>((worst, verdict) => Math.max(worst, verdict.state) as State, 0);
  if (state > 0) return { state, text: verdicts.map(({ text }) => text).join("") };
  const running = queues.reduce((sum, status) => sum + status.running, 0);
  const waiting = queues.reduce((sum, status) => sum + waitingOf(status), 0);
  return { state, text: `${jobs(running)} running and ${jobs(waiting)} waiting. Version: ${version}` };
}

function jobs(count: number): string {
  return `${count} job${count === 1 ? "" : "s"}`;
}

export function renderPerfdata(queues: readonly QueueStatus[], limits: Thresholds): string {
  const { waitingWarning, waitingCritical, workerWarning, workerCritical } = limits;
  return queues
    .map((status) => {
      const { queue, running, workers } = status;
      const waiting = `'${queue}_waiting'=${waitingOf(status)};${waitingWarning};${waitingCritical};0`;
      return `${waiting} '${queue}_running'=${running} '${queue}_worker'=${workers};${workerWarning};${workerCritical};0 `;
    })
    .join("");
}
