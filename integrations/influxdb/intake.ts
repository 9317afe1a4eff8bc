import type { ByteString } from "../../src/byte-string.ts";
import { Grabber } from "../../src/gearman/grabber/grabber.ts";
import { Orphans } from "../../src/gearman/grabber/orphans.ts";
import type { GrabbedJob } from "../../src/gearman/grabber/running-job.ts";
import { renderServerAddress, type ServerAddress } from "../../src/gearman/server-address.ts";
import type { Log } from "../../src/log.ts";

/** A job takes microseconds here: with fewer grabs this program and the job server wait by turns. */
const GRABS_AT_ONCE = 512;

export interface IntakeOptions {
  readonly servers: readonly ServerAddress[];
  readonly queues: readonly ByteString[];
  readonly intervalMs: number;
  readonly connectWithinMs: number;
  /** How many more jobs may be taken, of all servers together. */
  readonly room: () => number;
  readonly onJob: (job: GrabbedJob) => void;
  readonly log: Log;
}

export interface ServerStatus {
  readonly server: string;
  readonly isConnected: boolean;
  readonly isSilent: boolean;
}

/** Takes jobs from all job servers, as many at a time as there is room. */
export class Intake {
  readonly #grabbers: readonly { readonly server: ServerAddress; readonly grabber: Grabber }[];
  readonly #drained = Promise.withResolvers<void>();
  readonly #quiet = Promise.withResolvers<void>();
  #undrained: number;
  #isWoken = false;
  #isRetired = false;

  constructor(options: IntakeOptions) {
    const { servers, queues, intervalMs, connectWithinMs, room, onJob, log } = options;
    const orphans = new Orphans({ log });
    this.#undrained = servers.length;
    this.#grabbers = servers.map((server) => {
      const grabber: Grabber = new Grabber({
        server,
        queues,
        intervalMs,
        log,
        orphans,
        grabsAtOnce: GRABS_AT_ONCE,
        onJob: (job) => {
          onJob(job);
          this.#tellQuiet();
        },
        ...(connectWithinMs > 0 && { timing: { connectWithinMs } }),
        room: () => room() - this.#expectedBut(grabber),
        onRoomLeft: () => {
          this.#wakeBut(grabber);
          this.#tellQuiet();
        },
        onClaimed: () => {
          this.wake();
          this.#tellQuiet();
        },
        onDrained: () => this.#tellDrained(),
      });
      return { server, grabber };
    });
  }

  get servers(): readonly ServerStatus[] {
    return this.#grabbers.map(({ server, grabber: { isConnected, isSilent } }) => ({
      server: renderServerAddress(server),
      isConnected,
      isSilent,
    }));
  }

  start(): void {
    for (const { grabber } of this.#grabbers) grabber.start();
  }

  /** There is room again. The servers are asked once in a turn of the event loop. */
  wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    setImmediate(() => {
      this.#isWoken = false;
      for (const { grabber } of this.#grabbers) grabber.wake();
    });
  }

  /** Takes no more jobs. Resolves when those that were taken are answered. */
  retire(): Promise<void> {
    this.#isRetired = true;
    for (const { grabber } of this.#grabbers) grabber.retire();
    this.#tellQuiet();
    return this.#drained.promise;
  }

  /** After `retire`: resolves when no server is expected to send a job any more. */
  quiet(): Promise<void> {
    return this.#quiet.promise;
  }

  /** The job servers give the jobs without an answer to others. */
  async stop(): Promise<void> {
    await Promise.all(this.#grabbers.map(({ grabber }) => grabber.stop()));
  }

  #expectedBut(asking: Grabber): number {
    return this.#grabbers.reduce(
      (sum, { grabber }) => (grabber === asking ? sum : sum + grabber.expectedJobs),
      0,
    );
  }

  #wakeBut(asking: Grabber): void {
    for (const { grabber } of this.#grabbers) if (grabber !== asking) grabber.wake();
  }

  #tellQuiet(): void {
    if (this.#isRetired && this.#grabbers.every(({ grabber }) => grabber.expectedJobs === 0))
      this.#quiet.resolve();
  }

  #tellDrained(): void {
    this.#undrained -= 1;
    if (this.#undrained === 0) this.#drained.resolve();
  }
}
