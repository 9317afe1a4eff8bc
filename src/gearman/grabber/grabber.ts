import type { Log } from "../../log.ts";
import { Connection, type ConnectionState, type ConnectionTiming } from "../connection.ts";
import { encodePacket, type Packet, type PacketOf } from "../packet.ts";
import { renderServerAddress, type ServerAddress } from "../server-address.ts";
import { GrabBudget } from "./grab-budget.ts";
import type { Orphans } from "./orphans.ts";
import {
  type Answer,
  type AssignedWorkload,
  type GrabbedJob,
  type JobOrigin,
  RunningJob,
} from "./running-job.ts";
import { Unconfirmed } from "./unconfirmed.ts";

export type { GrabbedJob } from "./running-job.ts";

const GRAB = encodePacket({ type: "GRAB_JOB_UNIQ" });
const PRE_SLEEP = encodePacket({ type: "PRE_SLEEP" });

export interface GrabberOptions {
  readonly server: ServerAddress;
  /** The first queue is served first. Names are byte strings. */
  readonly queues: readonly string[];
  readonly log: Log;
  /** Shared by grabbers that may get one another's jobs, such as two connections to one job server. */
  readonly orphans: Orphans;
  /** How many more jobs may be taken now. Asked before every grab. */
  readonly room: () => number;
  readonly onJob: (job: GrabbedJob) => void;
  /** `connected`: the server has answered, so it is a job server. Not called after `retire` or `stop`. */
  readonly onState?: (state: ConnectionState) => void;
  /** Grabs have ended without a job. The room they took is free for others that share it. */
  readonly onRoomLeft?: () => void;
  /**
   * After `retire`: every job that was handed over has its answer, and no other job can come. Called once.
   */
  readonly onDrained?: () => void;
  readonly timing?: Partial<ConnectionTiming>;
}

/**
 * Takes jobs from one job server, many at a time on one connection, on which one list of queues is
 * registered.
 *
 * - *Awake*, it grabs as long as there is room and the server has jobs.
 * - *Asleep*, it waits for the server's NOOP. Where jobs come one by one, it goes back to sleep together with
 *   its one grab: neither side has to ask whether there is another job.
 * - *Retired*, it grabs no more and takes back each queue when the last job of that queue has ended. The
 *   connection is closed when no job needs it any more.
 * - *Closed*, it has no job left, or was stopped.
 *
 * While the connection is lost, running jobs go on. The server re-queues them. When it assigns them to us
 * again, their answers go to the new assignment (`Orphans`).
 *
 * The list of queues never changes: gearmand re-queues the running jobs of a queue that is taken back, and
 * counts a queue that is registered twice as two workers. New queues need a new grabber; the old one is
 * retired.
 */
export class Grabber implements JobOrigin {
  readonly #options: GrabberOptions;
  readonly #connection: Connection;
  readonly #server: string;
  /** Jobs this connection will answer. */
  readonly #held = new Set<RunningJob>();
  readonly #unconfirmed = new Unconfirmed();
  readonly #budget = new GrabBudget();
  #state: "awake" | "asleep" | "retired" | "closed" = "awake";
  #registered: readonly string[] = [];
  #outstandingGrabs = 0;
  #jobsInFlight = 0;
  /** The server has answered on this connection. */
  #hasAnswered = false;

  constructor(options: GrabberOptions) {
    this.#options = options;
    this.#server = renderServerAddress(options.server);
    const { server, log, timing } = options;
    this.#connection = new Connection({
      server,
      log,
      ...(timing && { timing }),
      onPacket: (packet) => this.#packet(packet),
      onState: (state) => this.#connectionState(state),
      onDrain: () => this.wake(),
    });
  }

  get isConnected(): boolean {
    return this.#connection.isConnected;
  }

  /** Jobs that were handed over and have no answer yet, those of a lost connection included. */
  get jobsInFlight(): number {
    return this.#jobsInFlight;
  }

  /** Jobs that may arrive at any moment. Grabbers that share one room have to count them. */
  get outstandingGrabs(): number {
    return this.#outstandingGrabs;
  }

  start(): void {
    this.#connection.start();
  }

  /** There is room again. */
  wake(): void {
    if (this.#state !== "awake") return;
    const { room } = this.#options;
    const connection = this.#connection;
    while (
      connection.isConnected &&
      !connection.isCongested &&
      this.#outstandingGrabs < Math.min(this.#budget.limit, room())
    ) {
      this.#outstandingGrabs++;
      this.#unconfirmed.grabbed();
      connection.sendBytes(GRAB);
    }
  }

  /** Takes no more jobs, for good. The connection stays until the last running job has its answer. */
  retire(): void {
    if (this.#state === "closed") return;
    this.#state = "retired";
    this.#withdraw();
  }

  /** Sends the answers already given, and closes. The job server re-queues the jobs that have none. */
  async stop(): Promise<void> {
    this.#state = "closed";
    for (const job of this.#held) job.moveTo(undefined);
    this.#held.clear();
    await this.#connection.stop();
  }

  answered(job: RunningJob, answer: Answer): void {
    this.#held.delete(job);
    this.#send(job, answer);
    if (this.#state === "retired") this.#withdraw();
  }

  ended(): void {
    this.#jobsInFlight--;
    if (this.#state === "retired") this.#tellIfDrained();
  }

  #send({ handle, queue, unique, workload }: AssignedWorkload, answer: Answer): void {
    this.#unconfirmed.answered({ handle, queue, unique, workload, answer });
    this.#connection.send({ ...answer, handle });
  }

  #connectionState(state: ConnectionState): void {
    this.#outstandingGrabs = 0;
    this.#budget.reset();
    if (this.#state === "asleep") this.#state = "awake";
    if (state === "connected") {
      this.#register();
      this.wake();
      return;
    }
    this.#orphan();
    if (this.#hasAnswered) this.#tellState(state);
    this.#hasAnswered = false;
    this.#options.onRoomLeft?.();
  }

  #register(): void {
    const queues = [...new Set(this.#options.queues)];
    // gearmand serves the queue registered last first. Never CAN_DO_TIMEOUT: it is known to hang gearmand.
    for (const queue of queues.toReversed()) this.#connection.send({ type: "CAN_DO", queue });
    this.#registered = queues;
  }

  #orphan(): void {
    const { orphans } = this.#options;
    for (const job of this.#held) orphans.adopt(job);
    for (const sent of this.#unconfirmed.take()) orphans.remember(sent, sent.answer);
    this.#held.clear();
    this.#registered = [];
    if (this.#state === "retired") this.#withdraw();
  }

  #packet(packet: Packet): void {
    this.#heard();
    switch (packet.type) {
      case "JOB_ASSIGN_UNIQ":
        this.#replied();
        this.#budget.gotJob(this.#state === "asleep");
        this.#assigned(packet);
        this.#goOn();
        break;
      case "NO_JOB":
        this.#replied();
        this.#budget.reset();
        if (this.#outstandingGrabs === 0) this.#sleep();
        this.#goOn();
        this.#options.onRoomLeft?.();
        break;
      case "NOOP":
        this.#wokenUp();
        break;
      case "ERROR":
        // Such as JOB_NOT_FOUND: the answer came after the server had given the job to another worker.
        this.#options.log.warn({ server: this.#server, code: packet.code }, `job server: ${packet.text}`);
        break;
    }
  }

  #heard(): void {
    if (this.#hasAnswered) return;
    this.#hasAnswered = true;
    this.#tellState("connected");
  }

  #tellState(state: ConnectionState): void {
    if (this.#state === "awake" || this.#state === "asleep") this.#options.onState?.(state);
  }

  #replied(): void {
    this.#outstandingGrabs--;
    this.#unconfirmed.replied();
  }

  /** A server that still has jobs answers PRE_SLEEP with a NOOP at once. */
  #sleep(): void {
    if (this.#state !== "awake") return;
    this.#state = "asleep";
    this.#connection.sendBytes(PRE_SLEEP);
  }

  #wokenUp(): void {
    if (this.#state === "asleep") this.#state = "awake";
    const isSingle = this.#budget.wokenUp();
    this.wake();
    if (isSingle && this.#outstandingGrabs > 0) this.#sleep();
  }

  #goOn(): void {
    if (this.#state === "retired") this.#withdraw();
    else this.wake();
  }

  #assigned(packet: PacketOf<"JOB_ASSIGN_UNIQ">): void {
    const { handle, queue, unique } = packet;
    // A copy: the packet's workload is a view on everything that came in the same chunk, and would keep all
    // of it alive.
    const workload = Buffer.from(packet.workload);
    const assigned = { handle, queue, unique, workload };
    const known = this.#options.orphans.claim(assigned);
    if (known?.kind === "finished") {
      this.#send(assigned, known.answer);
      return;
    }
    if (known?.kind === "running") {
      known.job.moveTo(this, handle);
      this.#held.add(known.job);
      return;
    }
    const job = new RunningJob({ ...assigned, server: this.#server }, this);
    this.#held.add(job);
    this.#jobsInFlight++;
    this.#options.onJob(job);
  }

  /**
   * Takes back each queue without a running job. gearmand would run the jobs of any other queue a second
   * time.
   */
  #withdraw(): void {
    if (this.#outstandingGrabs > 0) return;
    const busy = new Set([...this.#held].map((job) => job.queue));
    const idle = this.#registered.filter((queue) => !busy.has(queue));
    for (const queue of idle) this.#connection.send({ type: "CANT_DO", queue });
    this.#registered = this.#registered.filter((queue) => busy.has(queue));
    if (busy.size > 0) return;
    void this.#connection.stop();
    this.#tellIfDrained();
  }

  #tellIfDrained(): void {
    if (this.#outstandingGrabs + this.#held.size + this.#jobsInFlight > 0) return;
    this.#state = "closed";
    this.#options.onDrained?.();
  }
}
