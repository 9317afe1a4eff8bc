import type { ConnectionTiming } from "../../gearman/connection.ts";
import { type GrabbedJob, Grabber } from "../../gearman/grabber/grabber.ts";
import type { Orphans } from "../../gearman/grabber/orphans.ts";
import { renderServerAddress, type ServerAddress } from "../../gearman/server-address.ts";
import { Submitter } from "../../gearman/submitter.ts";
import type { Log } from "../../log.ts";

export interface LinkOptions {
  readonly server: ServerAddress;
  readonly queues: readonly string[];
  readonly statusQueue: string;
  readonly log: Log;
  readonly room: (asking: Link) => number;
  /** It uses less of the room than it was given. */
  readonly onRoomLeft: () => void;
  /** Shared by all links: the jobs of one may come again over another. */
  readonly orphans: Orphans;
  readonly onJob: (job: GrabbedJob) => void;
  readonly onStatus: (job: GrabbedJob) => void;
  /** Results can be submitted (again). */
  readonly onResultsOpen: () => void;
  readonly timing: Partial<ConnectionTiming>;
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

  constructor(options: LinkOptions) {
    const { server, queues, statusQueue, log, room, onRoomLeft, orphans } = options;
    const { onJob, onStatus, onResultsOpen, timing } = options;
    const name = renderServerAddress(server);
    this.name = name;
    const onState = (state: "connected" | "disconnected") =>
      state === "connected" && log.info(`connected to job server ${name}`);
    const connection = { server, log, timing };
    const roomOfJobs = { room: () => room(this), onRoomLeft };
    this.#jobs = new Grabber({ ...connection, ...roomOfJobs, queues, orphans, onJob, onState });
    this.#status = new Grabber({
      ...{ ...connection, log: quiet(log) },
      ...{ queues: [statusQueue], room: () => 1, onJob: onStatus },
    });
    this.results = new Submitter({
      ...connection,
      onState: (state) => state === "connected" && onResultsOpen(),
    });
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

/** What becomes of a server its other connections tell. */
function quiet(log: Log): Log {
  const debug = log.debug.bind(log);
  return { trace: log.trace.bind(log), debug, info: debug, warn: debug, error: log.error.bind(log) };
}
