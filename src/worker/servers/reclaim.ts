import type { ConnectionTiming } from "../../gearman/connection.ts";
import { Grabber } from "../../gearman/grabber/grabber.ts";
import type { Orphans } from "../../gearman/grabber/orphans.ts";
import type { GrabbedJob } from "../../gearman/grabber/running-job.ts";
import type { ServerAddress } from "../../gearman/server-address.ts";
import type { Log } from "../../log.ts";
import { quiet } from "./quiet-log.ts";

export interface ReclaimOptions {
  readonly server: ServerAddress;
  readonly queue: string;
  readonly orphans: Orphans;
  readonly timing: Partial<ConnectionTiming>;
  readonly log: Log;
  /** A job that is none of ours has come instead. It has to be run: it cannot be given back unharmed. */
  readonly onJob: (job: GrabbedJob) => void;
}

/**
 * The job server may find the old connection closed, and re-queue its jobs, after it has answered the new
 * one.
 */
const REQUEUE_WITHIN_MS = 1_000;
/** A connection to a job server that is back is made within this time. */
const CONNECT_WITHIN_MS = 2_000;

/**
 * Asks a job server once more for the jobs of one queue whose connection was lost, while the worker ends.
 * gearmand takes the answer of a job only from the connection the job was assigned to. It has re-queued the
 * job, so an answer that is kept can be given only when the job is assigned again. No job can be asked for by
 * its name. So one is asked for at a time, and no more once the queue is empty or another job has come.
 */
export class Reclaim {
  readonly #ended: Promise<void>;
  readonly #orphans: Orphans;
  readonly #grabber: Grabber;
  #isOver = false;
  #isLast = false;
  #giveUp: NodeJS.Timeout | undefined;

  constructor({ server, queue, orphans, timing, log, onJob }: ReclaimOptions) {
    const ended = Promise.withResolvers<void>();
    this.#ended = ended.promise;
    this.#orphans = orphans;
    this.#grabber = new Grabber({
      server,
      timing,
      log: quiet(log),
      queues: [queue],
      orphans,
      room: () => (this.#isOver || orphans.size === 0 ? 0 : 1),
      onClaimed: () => this.#endIfDone(),
      onState: () => this.#endIfDone(),
      onJob: (job) => {
        onJob(job);
        this.end();
      },
      onRoomLeft: () => this.#gotNone(),
      onDrained: ended.resolve,
    });
    this.#grabber.start();
  }

  /** It asks for no more jobs. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Nothing else is waited for any longer, so a job server that is still away is not waited for, either.
   * Resolves when no other job is wanted, and the jobs that came are answered.
   */
  async settle(): Promise<void> {
    this.#isLast = true;
    this.#endIfDone();
    if (!this.#grabber.isConnected) this.#endAfter(CONNECT_WITHIN_MS);
    await this.#ended;
  }

  /** Asks for no more jobs. Those that came can still be answered. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#giveUp);
    this.#grabber.retire();
  }

  stop(): Promise<void> {
    clearTimeout(this.#giveUp);
    return this.#grabber.stop();
  }

  /** Another one may have got the last job. */
  #endIfDone(): void {
    if (this.#orphans.size === 0) this.end();
  }

  #gotNone(): void {
    if (this.#grabber.isConnected || this.#isLast) this.#endAfter(REQUEUE_WITHIN_MS);
  }

  #endAfter(ms: number): void {
    if (!this.#isOver) this.#giveUp ??= setTimeout(() => this.end(), ms);
  }
}
