import type { Log } from "../../log.ts";
import type { WorkerListener } from "../worker-events.ts";

/** What a summary counts that others know. */
export interface SummaryFacts {
  /** Jobs done since the start. */
  readonly done: number;
  /** Results that no job server has accepted yet. */
  readonly waiting: number;
}

export interface SummaryOptions {
  readonly log: Pick<Log, "info">;
  readonly read: () => SummaryFacts;
}

/**
 * Writes a line now and then that says how much was done: who reads only the log sees whether a worker works.
 * Life: made → (configured)* → stopped.
 */
export class Summary {
  readonly listener: WorkerListener = {
    ran: ({ ran: { outcome } }) => {
      if (outcome.kind === "timed-out") this.#timeouts += 1;
    },
  };
  readonly #options: SummaryOptions;
  #timer: NodeJS.Timeout | undefined;
  #interval = 0;
  #timeouts = 0;
  #before = 0;

  constructor(options: SummaryOptions) {
    this.#options = options;
  }

  /** `interval` is in seconds; 0 means never. */
  configure(interval: number): void {
    if (interval === this.#interval) return;
    clearInterval(this.#timer);
    this.#interval = interval;
    this.#timer = interval === 0 ? undefined : setInterval(() => this.write(), interval * 1_000).unref();
    this.#begin(this.#options.read().done);
  }

  write(): void {
    const { done, waiting } = this.#options.read();
    const jobs = done - this.#before;
    const rate = Number((jobs / this.#interval).toFixed(1));
    const text = `${jobs} jobs in ${this.#interval} seconds, ${rate} a second, ${this.#timeouts} timed out`;
    this.#options.log.info(`${text}; ${waiting} results wait for a job server`);
    this.#begin(done);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #begin(done: number): void {
    this.#before = done;
    this.#timeouts = 0;
  }
}
