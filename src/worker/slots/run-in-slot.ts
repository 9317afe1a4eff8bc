import type { Job } from "../../job/job.ts";
import { ageIfTooOld } from "../../job/max-age.ts";
import type { JobRun, Runner } from "../../run/run.ts";
import type { Pool } from "./pool.ts";
import type { QueueLimits } from "./queue-limits.ts";
import type { Shortage } from "./shortage.ts";

export interface SlotRunOptions {
  readonly pool: Pick<Pool, "enter" | "leave">;
  readonly limits: Pick<QueueLimits, "enter" | "leave">;
  readonly run: Runner;
  /** Where a job waits that could not be started. */
  readonly shortage: Pick<Shortage, "wait" | "ended">;
  /** Seconds a job may wait until its turn comes; 0: no limit. */
  readonly maxAge: number;
  /** Seconds a command may run if its job names no time-out. */
  readonly jobTimeout: number;
}

/**
 * Runs a job's command in a slot of the pool, when its queue is below its limit. A job that is too old when
 * its turn comes is not run. One that cannot be started is tried again; the promise rejects if the worker
 * stops before.
 */
export function createSlotRun(options: SlotRunOptions): (job: Job, queue: string) => Promise<JobRun> {
  const { pool, limits, shortage } = options;
  return async (job, queue) => {
    const turn = limits.enter(queue);
    if (turn !== undefined) await turn;
    await pool.enter();
    try {
      let ran = await runOnce(job, options);
      while (ran.outcome.kind === "not-started") {
        await shortage.wait(ran.outcome.lack);
        ran = await runOnce(job, options);
      }
      return ran;
    } finally {
      // First: there is room for a job of this queue when the pool says so.
      limits.leave(queue);
      pool.leave();
      shortage.ended();
    }
  };
}

async function runOnce(job: Job, { run, maxAge, jobTimeout }: SlotRunOptions): Promise<JobRun> {
  const startTime = Date.now() / 1000;
  const startMs = performance.now();
  const age = ageIfTooOld(job, startTime, maxAge);
  const followed = age === undefined ? await run(job, job.timeout ?? jobTimeout) : tooOld(age);
  return { ...followed, startTime, finishTime: startTime + (performance.now() - startMs) / 1000 };
}

/** `age` in seconds. */
function tooOld(age: number): Pick<JobRun, "outcome" | "via" | "why"> {
  return { outcome: { kind: "too-old", age }, via: undefined, why: "it has waited too long" };
}
