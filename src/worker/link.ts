import { type GrabbedJob, Grabber } from "../gearman/grabber.ts";
import { renderServerAddress, type ServerAddress } from "../gearman/server-address.ts";
import { Submitter } from "../gearman/submitter.ts";
import type { Log } from "../log.ts";

export interface LinkOptions {
  readonly server: ServerAddress;
  readonly queues: readonly string[];
  readonly statusQueue: string;
  readonly log: Log;
  readonly room: (asking: Link) => number;
  readonly onJob: (job: GrabbedJob) => void;
  readonly onStatus: (job: GrabbedJob) => void;
  /** Results can be submitted (again). */
  readonly onResultsOpen: () => void;
}

/**
 * All connections to one job server: one for the jobs, however many run at once; one for the status queue, which
 * must answer when all slots are busy, too; one to submit results.
 */
export class Link {
  /** `host:port` */
  readonly name: string;
  readonly results: Submitter;
  readonly #jobs: Grabber;
  readonly #status: Grabber;

  constructor({ server, queues, statusQueue, log, room, onJob, onStatus, onResultsOpen }: LinkOptions) {
    const name = renderServerAddress(server);
    this.name = name;
    const onState = (state: "connected" | "disconnected") =>
      state === "connected"
        ? log.info(`connected to job server ${name}`)
        : log.warn(`lost connection to job server ${name}, trying again`);
    this.#jobs = new Grabber({ server, queues, log, room: () => room(this), onJob, onState });
    this.#status = new Grabber({ server, queues: [statusQueue], log, room: () => 1, onJob: onStatus });
    this.results = new Submitter({
      server,
      log,
      onState: (state) => state === "connected" && onResultsOpen(),
    });
  }

  get isConnected(): boolean {
    return this.#jobs.isConnected;
  }

  /** Jobs without an answer, or that may come at any moment. */
  get isBusy(): boolean {
    return this.#jobs.jobsInFlight + this.#jobs.outstandingGrabs > 0;
  }

  /** Jobs that may come at any moment. */
  get outstandingGrabs(): number {
    return this.#jobs.outstandingGrabs;
  }

  start(): void {
    this.results.start();
    this.#status.start();
    this.#jobs.start();
  }

  /** There is room for jobs again. */
  wake(): void {
    this.#jobs.wake();
  }

  /** Takes no more jobs; those that run can still be answered. */
  pause(): void {
    this.#jobs.pause();
    this.#status.pause();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#jobs.stop(), this.#status.stop(), this.results.stop()]);
  }
}
