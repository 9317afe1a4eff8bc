import type { Job, QueuedJob } from "../../job/job.ts";
import { ageIfTooOld } from "../../job/max-age.ts";
import type { JobRun, Runner } from "../../run/run.ts";
import type { RunPlace } from "../../run/target-places.ts";
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
  const { shortage } = options;
  return async (job, queue) => {
    const place = new Place(queue, options);
    const turn = place.enter();
    if (turn !== undefined) await turn;
    try {
      const queued = { ...job, queue };
      let ran = await runOnce(queued, place, options);
      while (ran.outcome.kind === "not-started") {
        await shortage.wait(ran.outcome.lack);
        ran = await runOnce(queued, place, options);
      }
      return ran;
    } finally {
      place.leave();
      shortage.ended();
    }
  };
}

/** What a job holds while it runs: a slot, and one of the places of its queue. */
class Place implements RunPlace {
  readonly #queue: string;
  readonly #options: Pick<SlotRunOptions, "pool" | "limits">;
  #isTaken = false;

  constructor(queue: string, options: Pick<SlotRunOptions, "pool" | "limits">) {
    this.#queue = queue;
    this.#options = options;
  }

  /** If there is room, both are taken at once, and nothing is returned. */
  enter(): Promise<void> | undefined {
    const turn = this.#options.limits.enter(this.#queue);
    return turn === undefined ? this.#takeSlot() : turn.then(() => this.#takeSlot());
  }

  #takeSlot(): Promise<void> | undefined {
    const turn = this.#options.pool.enter();
    if (turn !== undefined) return turn.then(() => this.#taken());
    this.#taken();
    return undefined;
  }

  #taken(): void {
    this.#isTaken = true;
  }

  leave(): void {
    if (!this.#isTaken) return;
    this.#isTaken = false;
    // First: there is room for a job of this queue when the pool says so.
    this.#options.limits.leave(this.#queue);
    this.#options.pool.leave();
  }
}

async function runOnce(
  job: QueuedJob,
  place: RunPlace,
  { run, maxAge, jobTimeout }: SlotRunOptions,
): Promise<JobRun> {
  const startTime = Date.now() / 1000;
  const startMs = performance.now();
  const age = ageIfTooOld(job, startTime, maxAge);
  const followed = age === undefined ? await run(job, job.timeout ?? jobTimeout, place) : tooOld(age);
  return { ...followed, startTime, finishTime: startTime + (performance.now() - startMs) / 1000 };
}

/** `age` in seconds. */
function tooOld(age: number): Pick<JobRun, "outcome" | "via" | "why"> {
  return { outcome: { kind: "too-old", age }, via: undefined, why: "it has waited too long" };
}
