import type { Job } from "../job/job.ts";
import { ageIfTooOld } from "../job/max-age.ts";
import type { JobRun, Runner } from "../run/run.ts";
import type { Pool } from "./pool.ts";

export interface SlotRunOptions {
  readonly pool: Pick<Pool, "enter" | "leave">;
  readonly run: Runner;
  /** Seconds a job may wait until its turn comes; 0: no limit. */
  readonly maxAge: number;
  /** Seconds a command may run if its job names no time-out. */
  readonly jobTimeout: number;
}

/** Runs a job's command in a slot of the pool. A job that is too old when its turn comes is not run. */
export function createSlotRun({
  pool,
  run,
  maxAge,
  jobTimeout,
}: SlotRunOptions): (job: Job) => Promise<JobRun> {
  return async (job) => {
    await pool.enter();
    const startTime = Date.now() / 1000;
    const startMs = performance.now();
    try {
      const age = ageIfTooOld(job, startTime, maxAge);
      const followed = age === undefined ? await run(job, job.timeout ?? jobTimeout) : tooOld(age);
      return { ...followed, startTime, finishTime: startTime + (performance.now() - startMs) / 1000 };
    } finally {
      pool.leave();
    }
  };
}

/** `age` in seconds. */
function tooOld(age: number): Pick<JobRun, "outcome" | "via" | "why"> {
  return { outcome: { kind: "too-old", age }, via: undefined, why: "it has waited too long" };
}
