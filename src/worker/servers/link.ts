import type { ByteString } from "../../byte-string.ts";
import type { ConnectionState, ConnectionTiming } from "../../gearman/connection.ts";
import { Grabber } from "../../gearman/grabber/grabber.ts";
import { Orphans } from "../../gearman/grabber/orphans.ts";
import type { GrabbedJob } from "../../gearman/grabber/running-job.ts";
import { Presence } from "../../gearman/presence.ts";
import { renderServerAddress, type ServerAddress } from "../../gearman/server-address.ts";
import { Submitter } from "../../gearman/submitter.ts";
import type { Log } from "../../log.ts";
import { Grabbers } from "./grabbers.ts";
import { quiet } from "./quiet-log.ts";

export interface LinkOptions {
  readonly server: ServerAddress;
  /** The first queue is served first. */
  readonly queues: readonly string[];
  /** Those of them that have a limit of their own. */
  readonly limited?: readonly string[];
  readonly statusQueue: string;
  readonly log: Log;
  /** Shared by all links: the jobs of one link may come again over another. */
  readonly orphans: Orphans;
  readonly timing: Partial<ConnectionTiming>;
  /** Jobs of a steady flow are taken in groups, so many milliseconds apart. 0: one by one. */
  readonly grabIntervalMs: number;
  /** How many more jobs this link may take now: of all queues, or of one with a limit. */
  readonly room: (asking: Link, queue: string | undefined) => number;
  /** The link has used less of the room than it was given. */
  readonly onRoomLeft: () => void;
  /** The connection was lost while it had jobs. */
  readonly onOrphaned?: () => void;
  readonly onJob: (job: GrabbedJob) => void;
  /** The text that answers a job of the status queue. */
  readonly renderStatus: () => ByteString;
  /** Results can be submitted, for the first time or again. */
  readonly onResultsOpen: () => void;
  /** `name` is `host:port`. */
  readonly onState: (state: ConnectionState, name: string) => void;
}

/** What a link does just now. */
export interface LinkStatus {
  /** `host:port` of the job server. */
  readonly name: string;
  readonly isConnected: boolean;
  /** Why it is not connected, if that is known. */
  readonly reason?: string;
  /** It is connected, but does not answer. */
  readonly isSilent: boolean;
  /** Jobs that came over this link and have no answer yet. */
  readonly jobsInFlight: number;
  /** Jobs that were asked for, and the job server has not said whether it has any. */
  readonly outstandingGrabs: number;
}

/**
 * All connections to one job server: one takes the jobs, however many run at once, and one more those of each
 * queue with a limit; one takes the jobs of the status queue, which must be answered when all slots are busy,
 * too; one submits results. Life: made →
 * started → (retired) → stopped.
 */
export class Link {
  /** `host:port` */
  readonly name: string;
  readonly results: Submitter;
  /** Resolves after `retire`, when the last job is answered and no other can come. */
  readonly drained: Promise<void>;
  readonly #jobs: Grabbers;
  readonly #status: Grabber;
  readonly #presence: Presence;

  constructor(options: LinkOptions) {
    const { server, log, timing, orphans, onResultsOpen, onState, onJob, onOrphaned } = options;
    const name = renderServerAddress(server);
    const drained = Promise.withResolvers<void>();
    const presence = new Presence({ server, log });
    this.#presence = presence;
    this.name = name;
    this.drained = drained.promise;
    this.#jobs = new Grabbers({
      server,
      timing,
      log,
      presence,
      isWatched: true,
      queues: options.queues,
      orphans,
      onJob,
      intervalMs: options.grabIntervalMs,
      limited: options.limited ?? [],
      room: (queue) => options.room(this, queue),
      onRoomLeft: options.onRoomLeft,
      ...(onOrphaned && { onOrphaned }),
      onState: (state) => onState(state, name),
      onDrained: drained.resolve,
    });
    const quietLog = quiet(log);
    this.#status = new Grabber({
      server,
      timing,
      log: quietLog,
      queues: [options.statusQueue],
      orphans: new Orphans({ log: quietLog }),
      room: () => 1,
      onJob: (job) => job.complete(Buffer.from(options.renderStatus(), "latin1")),
    });
    this.results = new Submitter({
      server,
      timing,
      log,
      presence,
      onAnswer: onResultsOpen,
      onState: (state) => state === "connected" && onResultsOpen(),
    });
  }

  /** Jobs that were asked for and may arrive at any moment. */
  get expectedJobs(): number {
    return this.#jobs.expectedJobs;
  }

  /** The same of one queue with a limit. */
  expectedJobsOf(queue: string): number {
    return this.#jobs.expectedJobsOf(queue);
  }

  /** The job server is connected, but does not answer. */
  get isSilent(): boolean {
    return this.#jobs.isSilent || this.results.isSilent;
  }

  get status(): LinkStatus {
    const { name, isSilent } = this;
    const { isConnected, jobsInFlight, outstandingGrabs } = this.#jobs;
    const reason = isConnected ? undefined : this.#presence.reason;
    const why = reason !== undefined && { reason };
    return { name, isConnected, ...why, isSilent, jobsInFlight, outstandingGrabs };
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

  /** Takes no more jobs. Those that run can still be answered. */
  retire(): void {
    this.#jobs.retire();
    this.#status.retire();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#jobs.stop(), this.#status.stop(), this.results.stop()]);
  }
}
