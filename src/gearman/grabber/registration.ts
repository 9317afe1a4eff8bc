import type { Log } from "../../log.ts";
import { Connection, type ConnectionState, type ConnectionTiming } from "../connection.ts";
import { encodePacket, type Packet, type PacketOf } from "../packet.ts";
import { renderServerAddress, type ServerAddress } from "../server-address.ts";
import type { Orphans } from "./orphans.ts";
import {
  type Answer,
  type AssignedWorkload,
  type GrabbedJob,
  type JobHolder,
  RunningJob,
} from "./running-job.ts";
import { Unconfirmed } from "./unconfirmed.ts";

const GRAB = encodePacket({ type: "GRAB_JOB_UNIQ" });
const PRE_SLEEP = encodePacket({ type: "PRE_SLEEP" });

/** How many grabs may be without an answer at a time. */
const MOST_GRABS = 64;
/** Woken up so soon after a job, we take it that jobs come in numbers. */
const TOGETHER_MS = 2;

export interface RegistrationOptions {
  readonly server: ServerAddress;
  /** The first is served first. */
  readonly queues: readonly string[];
  readonly clientId?: string;
  readonly log: Log;
  readonly orphans: Orphans;
  readonly room: () => number;
  readonly onJob: (job: GrabbedJob) => void;
  /** Connected: the server has answered, so it is one. */
  readonly onState: (state: ConnectionState) => void;
  /** Grabs have ended without a job: the room they took is there for others. */
  readonly onRoomLeft: () => void;
  /** After `retire`: the last job has been answered, or the connection is lost. */
  readonly onDrained: () => void;
  readonly timing?: Partial<ConnectionTiming>;
}

/**
 * One connection on which one list of queues is registered. *Asleep*, it waits for the server's NOOP; *awake*, it
 * grabs as long as there is room and the server has jobs. Where jobs come one by one it goes to sleep again with
 * its one grab: that spares both sides the question whether there is another. *Retired*, it grabs no more and takes
 * back its queues as their jobs end. The list never changes: gearmand re-queues the running jobs of a queue that is taken back, and
 * counts a queue registered twice as two workers.
 */
export class Registration implements JobHolder {
  readonly #options: RegistrationOptions;
  readonly #connection: Connection;
  readonly #server: string;
  readonly #inFlight = new Set<RunningJob>();
  readonly #unconfirmed = new Unconfirmed();
  #registered: readonly string[] = [];
  #outstandingGrabs = 0;
  /** Grows while jobs come, so that an idle worker costs the server little and a burst comes at full speed. */
  #mostGrabs = 1;
  #lastJobMs = Number.NEGATIVE_INFINITY;
  #isAsleep = false;
  #isRetired = false;
  #isHeard = false;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#server = renderServerAddress(options.server);
    const { server, log, timing } = options;
    this.#connection = new Connection({
      server,
      log,
      ...(timing && { timing }),
      onPacket: (packet) => this.#packet(packet),
      onState: (state) => this.#state(state),
      onDrain: () => this.wake(),
    });
  }

  get isConnected(): boolean {
    return this.#connection.isConnected;
  }

  get jobsInFlight(): number {
    return this.#inFlight.size;
  }

  get outstandingGrabs(): number {
    return this.#outstandingGrabs;
  }

  start(): void {
    this.#connection.start();
  }

  wake(): void {
    if (this.#isAsleep || this.#isRetired) return;
    const { room } = this.#options;
    const connection = this.#connection;
    while (
      connection.isConnected &&
      !connection.isCongested &&
      this.#outstandingGrabs < Math.min(this.#mostGrabs, room())
    ) {
      this.#outstandingGrabs++;
      this.#unconfirmed.grabbed();
      connection.sendBytes(GRAB);
    }
  }

  retire(): void {
    this.#isRetired = true;
    this.#withdraw();
  }

  /** Jobs without an answer are the server's again. */
  async stop(): Promise<void> {
    this.#isRetired = true;
    for (const job of this.#inFlight) job.moveTo(undefined);
    this.#inFlight.clear();
    await this.#connection.stop();
  }

  answered(job: RunningJob, answer: Answer): void {
    this.#inFlight.delete(job);
    this.#send(job, answer);
    if (this.#isRetired) this.#withdraw();
  }

  #send({ handle, queue, unique, workload }: AssignedWorkload, answer: Answer): void {
    this.#unconfirmed.answered({ handle, queue, unique, workload, answer });
    this.#connection.send({ ...answer, handle });
  }

  #state(state: ConnectionState): void {
    this.#outstandingGrabs = 0;
    this.#mostGrabs = 1;
    this.#isAsleep = false;
    if (state === "connected") {
      this.#register();
      this.wake();
    } else {
      this.#orphan();
      if (this.#isHeard) this.#options.onState(state);
      this.#isHeard = false;
      this.#options.onRoomLeft();
    }
  }

  #heard(): void {
    if (this.#isHeard) return;
    this.#isHeard = true;
    this.#options.onState("connected");
  }

  #register(): void {
    const { clientId } = this.#options;
    const queues = [...new Set(this.#options.queues)];
    if (clientId !== undefined) this.#connection.send({ type: "SET_CLIENT_ID", clientId });
    // gearmand serves the queue registered last first. Never CAN_DO_TIMEOUT: known to hang gearmand.
    for (const queue of queues.toReversed()) this.#connection.send({ type: "CAN_DO", queue });
    this.#registered = queues;
  }

  #orphan(): void {
    const { orphans } = this.#options;
    for (const job of this.#inFlight) orphans.adopt(job);
    for (const sent of this.#unconfirmed.take()) orphans.remember(sent, sent.answer);
    this.#inFlight.clear();
    this.#registered = [];
    if (this.#isRetired) this.#withdraw();
  }

  #packet(packet: Packet): void {
    this.#heard();
    switch (packet.type) {
      case "JOB_ASSIGN_UNIQ":
        this.#replied();
        this.#lastJobMs = performance.now();
        if (!this.#isAsleep) this.#mostGrabs = Math.min(this.#mostGrabs + 1, MOST_GRABS);
        this.#assigned(packet);
        this.#grabbed();
        break;
      case "NO_JOB":
        this.#replied();
        this.#mostGrabs = 1;
        if (this.#outstandingGrabs === 0) this.#sleep();
        this.#grabbed();
        this.#options.onRoomLeft();
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

  #replied(): void {
    this.#outstandingGrabs--;
    this.#unconfirmed.replied();
  }

  /** A server that still has jobs answers with a NOOP at once. */
  #sleep(): void {
    if (this.#isRetired || this.#isAsleep) return;
    this.#isAsleep = true;
    this.#connection.sendBytes(PRE_SLEEP);
  }

  #wokenUp(): void {
    this.#isAsleep = false;
    const isSingle = performance.now() - this.#lastJobMs > TOGETHER_MS;
    this.#mostGrabs = isSingle ? 1 : 2;
    this.wake();
    if (isSingle && this.#outstandingGrabs > 0) this.#sleep();
  }

  #grabbed(): void {
    if (this.#isRetired) this.#withdraw();
    else this.wake();
  }

  #assigned(packet: PacketOf<"JOB_ASSIGN_UNIQ">): void {
    const { handle, queue, unique } = packet;
    // A copy: the packet's is a view on all that came in the same chunk, and would keep that alive.
    const workload = Buffer.from(packet.workload);
    const assigned = { handle, queue, unique, workload };
    const known = this.#options.orphans.claim(assigned);
    if (known?.kind === "finished") {
      this.#send(assigned, known.answer);
      return;
    }
    if (known?.kind === "running") {
      known.job.moveTo(this, handle);
      this.#inFlight.add(known.job);
      return;
    }
    const job = new RunningJob({ ...assigned, server: this.#server }, this);
    this.#inFlight.add(job);
    this.#options.onJob(job);
  }

  /** Takes back each queue none of whose jobs is running: gearmand would run those a second time. */
  #withdraw(): void {
    if (this.#outstandingGrabs > 0) return;
    const busy = new Set([...this.#inFlight].map((job) => job.queue));
    const idle = this.#registered.filter((queue) => !busy.has(queue));
    for (const queue of idle) this.#connection.send({ type: "CANT_DO", queue });
    this.#registered = this.#registered.filter((queue) => busy.has(queue));
    if (busy.size === 0) this.#options.onDrained();
  }
}
