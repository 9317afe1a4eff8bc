import type { GrabbedJob } from "../../../src/gearman/grabber/running-job.ts";

/**
 * A job until all that was made of it is in a database or on the disk. Only then it is completed, so that
 * gearmand gives it to another writer if this one is killed.
 */
export class Ticket {
  readonly bytes: number;
  readonly #job: Pick<GrabbedJob, "complete">;
  readonly #onDone: (ticket: Ticket) => void;
  /** The maker of the ticket holds it, too, until everything is handed over. */
  #open = 1;

  constructor(job: Pick<GrabbedJob, "complete">, bytes: number, onDone: (ticket: Ticket) => void) {
    this.#job = job;
    this.bytes = bytes;
    this.#onDone = onDone;
  }

  /** One more batch has something of it. */
  hold(): void {
    this.#open += 1;
  }

  release(): void {
    this.#open -= 1;
    if (this.#open > 0) return;
    this.#job.complete();
    this.#onDone(this);
  }
}
