import type { Log } from "../../log.ts";
import type { ConnectionState, ConnectionTiming } from "../connection.ts";
import type { ServerAddress } from "../server-address.ts";
import { Orphans } from "./orphans.ts";
import { Registration } from "./registration.ts";
import type { GrabbedJob } from "./running-job.ts";

export type { GrabbedJob } from "./running-job.ts";

export interface GrabberOptions {
  readonly server: ServerAddress;
  /** The first is served first. Names are byte strings. */
  readonly queues: readonly string[];
  /** Shown by the job server's `workers`. No white space. */
  readonly clientId?: string;
  readonly log: Log;
  /** How many more jobs may be taken right now; asked before every grab. */
  readonly room: () => number;
  readonly onJob: (job: GrabbedJob) => void;
  /** Connected: the server has answered, so it is one. */
  readonly onState?: (state: ConnectionState) => void;
  /** Grabs have ended without a job: who shares one room among several grabbers has to wake the others. */
  readonly onRoomLeft?: () => void;
  /** Shared by grabbers that may be given one another's jobs, as with two connections to one job server. */
  readonly orphans?: Orphans;
  readonly timing?: Partial<ConnectionTiming>;
}

/**
 * Takes jobs from one job server, many at a time on one connection. While the connection is lost, running jobs go
 * on; the server re-queues them, and when it gives them to us again their answers go to the new assignment.
 * New queues mean a new registration on a new connection: the old one ends with the last of its jobs.
 */
export class Grabber {
  readonly #options: GrabberOptions;
  readonly #orphans: Orphans;
  readonly #retired = new Set<Registration>();
  #queues: readonly string[];
  #current: Registration | undefined;

  constructor(options: GrabberOptions) {
    this.#options = options;
    this.#queues = options.queues;
    this.#orphans = options.orphans ?? new Orphans({ log: options.log });
  }

  get isConnected(): boolean {
    return this.#current?.isConnected ?? false;
  }

  /** Jobs without an answer yet, those of a lost connection (of any who shares the orphans) included. */
  get jobsInFlight(): number {
    return sum(this.#registrations(), (each) => each.jobsInFlight) + this.#orphans.running;
  }

  /** Jobs that may arrive at any moment. Who shares one room among several grabbers has to count them. */
  get outstandingGrabs(): number {
    return sum(this.#registrations(), (each) => each.outstandingGrabs);
  }

  /** Also goes on after `pause`. */
  start(): void {
    if (this.#current !== undefined) return;
    this.#current = this.#register();
    this.#current.start();
  }

  /** Room has appeared. */
  wake(): void {
    this.#current?.wake();
  }

  /** No more jobs. The connection stays until the last running job is answered. */
  pause(): void {
    const registration = this.#current;
    this.#current = undefined;
    if (registration === undefined) return;
    this.#retired.add(registration);
    registration.retire();
  }

  setQueues(queues: readonly string[]): void {
    if (queues.join("\0") === this.#queues.join("\0")) return;
    const isGrabbing = this.#current !== undefined;
    this.#queues = queues;
    this.pause();
    if (isGrabbing) this.start();
  }

  /** Sends the answers already given, and closes; the job server re-queues what has none. */
  async stop(): Promise<void> {
    const registrations = this.#registrations();
    this.#current = undefined;
    this.#retired.clear();
    await Promise.all(registrations.map((each) => each.stop()));
  }

  #register(): Registration {
    const { server, clientId, log, room, onJob, onState, timing } = this.#options;
    const registration: Registration = new Registration({
      server,
      queues: this.#queues,
      ...(clientId !== undefined && { clientId }),
      log,
      orphans: this.#orphans,
      room: () => room() - sum(this.#retired, (each) => each.outstandingGrabs),
      onJob,
      onState: (state) => {
        if (registration === this.#current) onState?.(state);
      },
      onRoomLeft: () => {
        this.wake();
        this.#options.onRoomLeft?.();
      },
      onDrained: () => this.#drained(registration),
      ...(timing && { timing }),
    });
    return registration;
  }

  #drained(registration: Registration): void {
    void registration.stop().then(() => this.#retired.delete(registration));
  }

  #registrations(): readonly Registration[] {
    return this.#current === undefined ? [...this.#retired] : [this.#current, ...this.#retired];
  }
}

function sum<T>(values: Iterable<T>, count: (value: T) => number): number {
  let total = 0;
  for (const value of values) total += count(value);
  return total;
}
