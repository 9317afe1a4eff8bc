import type { GrabbedJob } from "../gearman/grabber/grabber.ts";

/** A job that was taken and has not ended. */
export interface JobInFlight {
  readonly queue: string;
  /** `host:port` of the job server it came from. */
  readonly server: string;
  /** Seconds since it was taken. */
  readonly age: number;
}

/** The jobs under way, from the grab to the answer. */
export class InFlight {
  /** Each with the time it was taken, as `performance.now()` tells it. */
  readonly #jobs = new Map<GrabbedJob, number>();
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
    return [...this.#jobs].map(([{ queue, server }, sinceMs]) => ({
      queue,
      server,
      age: (now - sinceMs) / 1000,
    }));
  }

  begin(job: GrabbedJob): void {
    this.#jobs.set(job, performance.now());
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
