import type { ByteString } from "../byte-string.ts";
import type { GrabbedJob } from "../gearman/grabber/running-job.ts";
import type { Job } from "../job/job.ts";

/** A job that was taken and has not ended. Texts of the core are byte strings. */
export interface JobInFlight {
  readonly queue: string;
  /** `host:port` of the job server it came from. */
  readonly server: string;
  /** Seconds since it was taken. */
  readonly age: number;
  /** `service`, `eventhandler`, …; undefined until the job is read. */
  readonly type: string | undefined;
  readonly hostName: ByteString | undefined;
  readonly serviceDescription: ByteString | undefined;
}

/** What is kept of a job under way. */
interface Entry {
  /** As `performance.now()` tells it. */
  readonly sinceMs: number;
  job: Pick<Job, "type" | "hostName" | "serviceDescription"> | undefined;
}

/** The jobs under way, from the grab to the answer. */
export class InFlight {
  readonly #jobs = new Map<GrabbedJob, Entry>();
  #ended = 0;
  #waiting: (() => void)[] = [];

  get size(): number {
    return this.#jobs.size;
  }

  /** Jobs that have ended since the start. */
  get ended(): number {
    return this.#ended;
  }

  /** The oldest first. */
  get status(): readonly JobInFlight[] {
    const now = performance.now();
    return [...this.#jobs].map(([{ queue, server }, { sinceMs, job }]) => ({
      queue,
      server,
      age: (now - sinceMs) / 1000,
      type: job?.type,
      hostName: job?.hostName,
      serviceDescription: job?.serviceDescription,
    }));
  }

  begin(job: GrabbedJob): void {
    this.#jobs.set(job, { sinceMs: performance.now(), job: undefined });
  }

  /** The job was read. */
  read(grabbed: GrabbedJob, job: Job): void {
    const entry = this.#jobs.get(grabbed);
    if (entry !== undefined) entry.job = job;
  }

  end(job: GrabbedJob): void {
    this.#jobs.delete(job);
    this.#ended += 1;
    if (this.#jobs.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when no job is under way. */
  whenEmpty(): Promise<void> {
    if (this.#jobs.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
