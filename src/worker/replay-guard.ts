import { createHash } from "node:crypto";
import type { GrabbedJob } from "../gearman/grabber/running-job.ts";
import { JobError } from "../job/decode.ts";
import type { Job } from "../job/job.ts";

type Where = Pick<GrabbedJob, "handle" | "server">;

/**
 * Refuses jobs that were recorded and are given again. A job has a time, which the core has set, and may be
 * so many seconds away from ours. Within that time a job is taken once: one with the same time, host,
 * service and command is a copy, unless gearmand assigns the very same job again.
 *
 * What was seen is kept in two generations, so that nothing has to be searched for what is too old. A job may
 * come for two windows, as its time may be one window ahead: a generation is as long.
 */
export class ReplayGuard {
  #recent = new Map<string, string>();
  #former = new Map<string, string>();
  #since = 0;

  /** Throws a JobError. `window` is in seconds; with 0 every job is taken, and nothing is kept. */
  admit(where: Where, job: Job, window: number): void {
    if (window === 0) return;
    const now = Date.now() / 1000;
    if (job.coreTime === undefined) throw new JobError("no-time");
    if (Math.abs(now - job.coreTime) > window) throw new JobError("outside-window");
    this.#turn(now, 2 * window);
    const [name, handle] = [digestOf(job), `${where.server} ${where.handle}`];
    const before = this.#recent.get(name) ?? this.#former.get(name);
    if (before !== undefined && before !== handle) throw new JobError("replayed");
    this.#recent.set(name, handle);
  }

  #turn(now: number, length: number): void {
    const age = now - this.#since;
    if (age >= 0 && age < length) return;
    // After a long silence both generations are too old.
    this.#former = age >= 0 && age < 2 * length ? this.#recent : new Map();
    this.#recent = new Map();
    this.#since = now;
  }
}

/** A short name: a worker may see some hundred thousand jobs in a window. */
function digestOf({ type, coreTime, hostName, serviceDescription, commandLine }: Job): string {
  const text = JSON.stringify([type, coreTime, hostName, serviceDescription, commandLine]);
  return createHash("sha256").update(text, "latin1").digest("base64url").slice(0, 24);
}
