import { Complaints } from "../complaints.ts";
import { Connection, type ConnectionState } from "../connection.ts";
import { encodePacket, type Packet, type PacketOf } from "../packet.ts";
import { renderServerAddress } from "../server-address.ts";
import { assertDue, assertOurs } from "./expected.ts";
import { GrabBudget } from "./grab-budget.ts";
import { GrabGroups } from "./grab-groups.ts";
import { GrabWatch } from "./grab-watch.ts";
import type { GrabberOptions } from "./grabber-options.ts";
import type { Claim } from "./orphans.ts";
import { type Answer, type AssignedWorkload, type JobOrigin, queuesOf, RunningJob } from "./running-job.ts";
import { Unconfirmed } from "./unconfirmed.ts";

const GRAB = encodePacket({ type: "GRAB_JOB_UNIQ" });
const PRE_SLEEP = encodePacket({ type: "PRE_SLEEP" });

/**
 * Takes jobs from one job server, many at a time on one connection, on which one list of queues is
 * registered.
 *
 * - *Awake*, it grabs as long as there is room and the server has jobs.
 * - *Asleep*, it waits for the server's NOOP. Where jobs come one by one, it goes back to sleep together with
 *   its one grab: neither side has to ask whether there is another job. `GrabGroups` says when it may.
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
  readonly #complaints: Complaints;
  readonly #budget: GrabBudget;
  readonly #groups: GrabGroups;
  readonly #watch = new GrabWatch({ onOverdue: () => this.#options.onRoomLeft?.() });
  #state: "awake" | "asleep" | "retired" | "closed" = "awake";
  #registered: readonly string[] = [];
  #outstandingGrabs = 0;
  #jobsInFlight = 0;

  constructor(options: GrabberOptions) {
    const { server, log, timing, presence, isWatched = false } = options;
    this.#options = options;
    this.#server = renderServerAddress(server);
    this.#complaints = new Complaints(log, this.#server);
    this.#budget = new GrabBudget(options.grabsAtOnce);
    this.#groups = new GrabGroups({ intervalMs: options.intervalMs ?? 0, onDue: () => this.wake() });
    this.#connection = new Connection({
      server,
      log,
      ...(timing && { timing }),
      ...(presence && { presence }),
      onPacket: (packet) => this.#packet(packet),
      onState: (state) => this.#connectionState(state),
      onDrain: () => this.wake(),
      onSilence: () => this.#state === "retired" && this.#withdraw(),
      awaitsReply: () => isWatched || this.#outstandingGrabs > 0,
    });
  }

  get isConnected(): boolean {
    return this.#connection.isConnected;
  }

  /** Jobs that were handed over and have no answer yet, those of a lost connection included. */
  get jobsInFlight(): number {
    return this.#jobsInFlight;
  }

  /** The server is connected, but does not answer. */
  get isSilent(): boolean {
    return this.#connection.isSilent;
  }

  /** Grabs that the server has not replied to. */
  get outstandingGrabs(): number {
    return this.#outstandingGrabs;
  }

  /**
   * Jobs that may arrive at any moment. Grabbers that share one room have to count them. A server that does
   * not reply in time is expected to send none.
   */
  get expectedJobs(): number {
    return this.#watch.isOverdue ? 0 : this.#outstandingGrabs;
  }

  /** The server is asked for jobs when the time of the next group has come. */
  get isHeld(): boolean {
    return this.#groups.isHeld;
  }

  start(): void {
    this.#connection.start();
  }

  /** There is room again. */
  wake(): void {
    if (this.#state !== "awake" || this.#groups.isHeld || this.#watch.isOverdue || this.isSilent) return;
    while (
      this.#connection.isConnected &&
      !this.#connection.isCongested &&
      this.#outstandingGrabs < Math.min(this.#groups.limit ?? this.#budget.limit, this.#options.room())
    ) {
      this.#outstandingGrabs++;
      this.#unconfirmed.grabbed();
      this.#watch.grabbed();
      this.#connection.sendBytes(GRAB);
    }
  }

  /** Takes no more jobs, for good. The connection stays until the last running job has its answer. */
  retire(): void {
    if (this.#state === "closed") return;
    this.#state = "retired";
    this.#groups.reset();
    this.#withdraw();
  }

  /** Sends the answers already given, and closes. The job server re-queues the jobs that have none. */
  async stop(): Promise<void> {
    this.#state = "closed";
    for (const job of this.#held) job.moveTo(undefined);
    this.#held.clear();
    this.#forgetGrabs();
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
    this.#unconfirmed.answered({ handle, queue, unique, workload, server: this.#server, answer });
    this.#connection.send({ ...answer, handle });
  }

  #connectionState(state: ConnectionState): void {
    this.#forgetGrabs();
    if (this.#state === "asleep") this.#state = "awake";
    if (this.#state === "awake") this.#options.onState?.(state);
    if (state === "connected") {
      this.#register();
      this.wake();
      return;
    }
    this.#orphan();
    this.#options.onRoomLeft?.();
  }

  #register(): void {
    const queues = [...new Set(this.#options.queues)];
    // gearmand serves the queue registered last first. Never CAN_DO_TIMEOUT: it is known to hang gearmand.
    for (const queue of queues.toReversed()) this.#connection.send({ type: "CAN_DO", queue });
    this.#registered = queues;
  }

  #orphan(): void {
    const { orphans, onOrphaned } = this.#options;
    const sent = this.#unconfirmed.take();
    const isNeeded = this.#held.size + sent.length > 0;
    for (const job of this.#held) orphans.adopt(job);
    for (const each of sent) orphans.remember(each);
    this.#held.clear();
    this.#registered = [];
    if (this.#state === "retired") this.#withdraw();
    if (isNeeded) onOrphaned?.();
  }

  #packet(packet: Packet): void {
    switch (packet.type) {
      case "JOB_ASSIGN_UNIQ":
        assertOurs(packet, this.#options.queues);
        this.#replied();
        this.#budget.gotJob(this.#state === "asleep");
        this.#groups.gotJob();
        this.#assigned(packet);
        this.#goOn();
        break;
      case "NO_JOB":
        this.#replied();
        this.#budget.reset();
        this.#groups.gotNone();
        if (this.#outstandingGrabs === 0 && !this.#groups.rest()) this.#sleep();
        this.#goOn();
        this.#options.onRoomLeft?.();
        break;
      case "NOOP":
        this.#wokenUp();
        break;
      case "ERROR":
        this.#complaints.heard(packet);
        break;
    }
  }

  #replied(): void {
    assertDue(this.#outstandingGrabs);
    this.#outstandingGrabs--;
    this.#unconfirmed.replied();
    this.#watch.replied(this.#outstandingGrabs > 0);
  }

  #forgetGrabs(): void {
    this.#outstandingGrabs = 0;
    this.#budget.reset();
    this.#groups.reset();
    this.#watch.stop();
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
    if (this.#state !== "awake" || this.#groups.wokenUp(isSingle)) return;
    this.wake();
    if (isSingle && this.#outstandingGrabs > 0) this.#sleep();
  }

  #goOn(): void {
    if (this.#state === "retired") this.#withdraw();
    else this.wake();
  }

  #assigned(packet: PacketOf<"JOB_ASSIGN_UNIQ">): void {
    const { handle, queue, unique } = packet;
    // A copy: the packet's workload is a view on all that came in the same chunk, and would keep it alive.
    const workload = Buffer.from(packet.workload);
    const assigned = { handle, queue, unique, workload };
    const known = this.#options.orphans.claim(assigned);
    if (known !== undefined) {
      this.#claimed(known, assigned);
      return;
    }
    const job = new RunningJob({ ...assigned, server: this.#server }, this);
    this.#held.add(job);
    this.#jobsInFlight++;
    this.#options.onJob(job);
  }

  #claimed(known: Claim, assigned: AssignedWorkload & { readonly workload: Buffer }): void {
    switch (known.kind) {
      case "finished":
        this.#send(assigned, known.answer);
        break;
      case "running":
        known.job.moveTo(this, assigned);
        this.#held.add(known.job);
        break;
    }
    this.#options.onClaimed?.();
  }

  /**
   * Takes back each queue without a running job. gearmand would run the jobs of any other queue a second
   * time. The reply to a grab is waited for, as it may be a job. A silent server of which no job is left is
   * not waited for: it re-queues what it assigns when it finds the connection closed.
   */
  #withdraw(): void {
    if (this.#outstandingGrabs > 0 && (this.#held.size > 0 || !this.isSilent)) return;
    const busy = queuesOf(this.#held, this.#registered.length);
    for (const queue of this.#registered)
      if (!busy.has(queue)) this.#connection.send({ type: "CANT_DO", queue });
    this.#registered = this.#registered.filter((queue) => busy.has(queue));
    if (busy.size > 0) return;
    this.#forgetGrabs();
    void this.#connection.stop();
    this.#tellIfDrained();
  }

  #tellIfDrained(): void {
    if (this.#outstandingGrabs + this.#held.size + this.#jobsInFlight > 0) return;
    this.#state = "closed";
    this.#options.onDrained?.();
  }
}
