import type { ByteString } from "../../byte-string.ts";
import { Orphans } from "../../gearman/grabber/orphans.ts";
import type { GrabbedJob } from "../../gearman/grabber/running-job.ts";
import { type EarlierJob, RunningJob } from "../../gearman/grabber/running-job.ts";
import type { ServerAddress } from "../../gearman/server-address.ts";
import type { Log } from "../../log.ts";
import type { WorkerEvents } from "../worker-events.ts";
import { Link, type LinkStatus } from "./link.ts";
import { Reclaims } from "./reclaims.ts";
import type { JobServerSettings } from "./server-settings.ts";

export interface JobServersOptions {
  readonly log: Log;
  readonly events: Pick<WorkerEvents, "connected" | "lost">;
  /**
   * How many more jobs all job servers together may send now, as far as this one, `host:port`, may send any.
   * Asked before every grab, so it must be cheap.
   */
  readonly room: (server: string) => number;
  /** How many more jobs of a queue with a limit all job servers together may send now. */
  readonly queueRoom?: (queue: string) => number;
  readonly onJob: (job: GrabbedJob) => void;
  /** The text that answers a job of the status queue. */
  readonly renderStatus: () => ByteString;
  /** Results can be submitted, for the first time or again. */
  readonly onResultsOpen: () => void;
}

export interface JobServerStatus extends LinkStatus {
  /** It is of an earlier configuration: it takes no more jobs, and stays until its last job is answered. */
  readonly isRetired: boolean;
}

/**
 * The job servers of a worker, and how they share its room. After a reload the links of the configuration
 * before are retired: each stays until the last job that came over it is answered, because the result of such
 * a job belongs to its job server.
 */
export class JobServers {
  readonly #options: JobServersOptions;
  readonly #orphans: Orphans;
  readonly #retired = new Set<Link>();
  readonly #reclaims: Reclaims;
  #links: readonly Link[] = [];
  #taken = 0;

  constructor(options: JobServersOptions) {
    this.#options = options;
    const { log } = options;
    this.#orphans = new Orphans({ log });
    this.#reclaims = new Reclaims({ orphans: this.#orphans, log, onJob: (job) => this.#take(job) });
  }

  /** Where results can be submitted: the links of the configuration as it is now, in its order. */
  get current(): readonly Link[] {
    return this.#links;
  }

  /** Links of an earlier configuration: right for the results of their own jobs, and for no others. */
  get retired(): Iterable<Link> {
    return this.#retired;
  }

  /** Jobs taken so far. */
  get taken(): number {
    return this.#taken;
  }

  /** Jobs that run and whose connection was lost. */
  get orphaned(): number {
    return this.#orphans.running;
  }

  get status(): readonly JobServerStatus[] {
    return [
      ...this.#links.map((link) => ({ ...link.status, isRetired: false })),
      ...[...this.#retired].map((link) => ({ ...link.status, isRetired: true })),
    ];
  }

  /** A job that an earlier start of the worker has run is not run again. It waits for its answer. */
  adopt(earlier: EarlierJob): RunningJob {
    const job = RunningJob.ofEarlierStart(earlier);
    this.#orphans.adopt(job);
    return job;
  }

  /** Opens new connections at once. Those of an earlier configuration go when their last job is answered. */
  open(settings: JobServerSettings): void {
    this.close();
    this.#links = settings.servers.map((server) => this.#createLink(server, settings));
    this.#reclaims.configure(settings);
    for (const link of this.#links) link.start();
  }

  /** Takes no more jobs until `open`. A connection stays until the last job that came over it is answered. */
  close(): void {
    for (const link of this.#links) this.#retire(link);
    this.#links = [];
  }

  /**
   * There is room for jobs again. After each job another link comes first, so that none starves while one has
   * many jobs.
   */
  wake(): void {
    const { length } = this.#links;
    for (let i = 0; i < length; i++) this.#links[(this.#taken + i) % length]?.wake();
  }

  /**
   * Takes no more jobs. Resolves when the last one is answered and no other can come. Jobs that were or are
   * lost with a connection are asked for again: `reclaimed`.
   */
  async drain(): Promise<void> {
    for (const link of this.#links) link.retire();
    this.#reclaims.start();
    await Promise.all(this.#all().map((link) => link.drained));
  }

  /** After `drain`, when every result is delivered: resolves when no job that was lost can come again. */
  reclaimed(): Promise<void> {
    return this.#reclaims.settle();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#reclaims.stop(), ...this.#all().map((link) => link.stop())]);
  }

  #createLink(
    server: ServerAddress,
    { queues, limited = [], statusQueue, timing, grabIntervalMs }: JobServerSettings,
  ): Link {
    const { log, events, renderStatus, onResultsOpen } = this.#options;
    return new Link({
      server,
      queues,
      limited,
      statusQueue,
      log,
      orphans: this.#orphans,
      timing,
      renderStatus,
      onResultsOpen,
      grabIntervalMs,
      room: (asking, queue) => this.#roomFor(asking, queue),
      onRoomLeft: () => this.wake(),
      onOrphaned: () => this.#reclaims.update(),
      onJob: (job) => this.#take(job),
      onState: (state, name) => (state === "connected" ? events.connected(name) : events.lost(name)),
    });
  }

  #take(job: GrabbedJob): void {
    this.#taken += 1;
    this.#options.onJob(job);
  }

  #retire(link: Link): void {
    this.#retired.add(link);
    link.retire();
    void link.drained.then(() => {
      this.#retired.delete(link);
      return link.stop();
    });
  }

  /** The free room, less the jobs that other links may get at any moment. */
  #roomFor(asking: Link, queue: string | undefined): number {
    const { room, queueRoom } = this.#options;
    const free = room(asking.name) - this.#sumBut(asking, (link) => link.expectedJobs);
    if (queue === undefined || queueRoom === undefined || free <= 0) return free;
    return Math.min(free, queueRoom(queue) - this.#sumBut(asking, (link) => link.expectedJobsOf(queue)));
  }

  #sumBut(asking: Link, count: (link: Link) => number): number {
    let sum = 0;
    for (const link of this.#links) if (link !== asking) sum += count(link);
    for (const link of this.#retired) if (link !== asking) sum += count(link);
    return sum;
  }

  #all(): readonly Link[] {
    return [...this.#links, ...this.#retired];
  }
}
