import { setTimeout as pause } from "node:timers/promises";
import { holdDeadline, setDeadline, whenAborted } from "../../../sdk/deadline.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import type { Patience } from "./login-clock.ts";
import type { Execution, MultiplexedConnection, RemoteCommand } from "./multiplexed-connection.ts";

/** How a command ended, and what ssh had printed when it connected. */
export type FinishedExecution = Extract<Execution, { kind: "ran" | "lost" }> & { readonly printed: string };

export interface DestinationPoolOptions {
  readonly open: (patience: Patience) => Promise<MultiplexedConnection>;
  readonly log: (message: string) => void;
}

/** A connection, and how many commands run on it. */
interface PooledConnection {
  readonly connection: MultiplexedConnection;
  readonly endsAt: number;
  sessions: number;
  /** Commands that may run on it at a time. */
  maxSessions: number;
  idleSince: number;
}

/** A command that waits for a session. */
interface Waiter {
  readonly signal: AbortSignal;
  readonly stageMs: number;
  readonly resolve: (pooled: PooledConnection) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Commands that run on one connection at a time. sshd's MaxSessions is 10, but sshd counts a session for a
 * moment longer than its channel is open: it refuses none with five at a time, and some with seven.
 */
const MAX_SESSIONS = 5;
const MAX_CONNECTIONS = 4;
/** After this time without a session a waiting command gets another connection. */
const MAX_WAIT_MS = 250;
const RETRY_MS = 10;
/** Longer than five minutes, the usual time between two runs of a check. */
const MAX_IDLE_MS = 330_000;
/**
 * Changes on the server (groups, limits, keys that are no longer allowed) take effect with the next login.
 */
const MAX_AGE_MS = 600_000;
/** A random part of the age, so that connections made together do not all end together. */
const AGE_SPREAD = 0.2;

/**
 * The connections to one destination. Commands wait here for a session; the first to come is the first to get
 * one.
 */
export class DestinationPool implements Disposable {
  readonly #open: DestinationPoolOptions["open"];
  readonly #log: DestinationPoolOptions["log"];
  #connections: readonly PooledConnection[] = [];
  #waiting: readonly Waiter[] = [];
  #opening: AbortController | undefined;
  /** The deadlines of the commands that wait, while the login itself waits inside the worker. */
  #held: Disposable[] | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isRetired = false;

  constructor({ open, log }: DestinationPoolOptions) {
    this.#open = open;
    this.#log = log;
  }

  get isEmpty(): boolean {
    return this.#connections.length === 0 && this.#waiting.length === 0 && this.#opening === undefined;
  }

  /** Runs a command in a session of its own. A command that was sent is never sent again. */
  async execute(command: RemoteCommand, patience: Patience): Promise<FinishedExecution> {
    for (;;) {
      const pooled = await this.#take(patience);
      const { connection } = pooled;
      // A new connection that refuses its only command refuses the next one, too.
      const isNew = !connection.isUsed;
      try {
        const execution = await connection.execute(command, patience);
        const { printed } = connection;
        if (execution.kind === "ran" || execution.kind === "lost") return { ...execution, printed };
        if (isNew && pooled.sessions === 1) throw new CheckDeclined("the server allows no session");
        if (execution.kind === "refused") allowFewerSessions(pooled);
      } finally {
        this.#giveBack(pooled);
      }
      await pause(RETRY_MS, undefined, { signal: patience.signal });
    }
  }

  /** From now on each connection ends when its commands have ended. Commands that wait still get one. */
  retire(): void {
    this.#isRetired = true;
    for (const { connection } of this.#connections) connection.retire();
    this.#serve();
  }

  /** Retires the connections that are idle or old. */
  sweep(now: number): void {
    for (const { connection, sessions, idleSince, endsAt } of this.#connections) {
      if (now > endsAt || (sessions === 0 && now - idleSince > MAX_IDLE_MS)) connection.retire();
    }
    this.#removeUnusable();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#giveUpOpening();
    for (const { connection } of this.#connections) connection[Symbol.dispose]();
    this.#connections = [];
    this.#rejectAll(new Error("the ssh connections are given up"));
  }

  async #take({ signal, stageMs }: Patience): Promise<PooledConnection> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<PooledConnection>();
    const waiter: Waiter = { signal, resolve, reject, stageMs };
    this.#held?.push(holdDeadline(signal));
    using _leaving = whenAborted(signal, () => {
      this.#waiting = this.#waiting.filter((each) => each !== waiter);
      if (this.#waiting.length === 0) this.#giveUpOpening();
      reject(signal.reason);
    });
    this.#waiting = [...this.#waiting, waiter];
    this.#serve();
    return await promise;
  }

  #giveBack(pooled: PooledConnection): void {
    pooled.sessions -= 1;
    pooled.idleSince = performance.now();
    if (this.#isRetired && pooled.sessions === 0) pooled.connection.retire();
    this.#serve();
  }

  #serve(): void {
    this.#removeUnusable();
    for (const waiter of this.#waiting) {
      const free = this.#connections.find(({ sessions, maxSessions }) => sessions < maxSessions);
      if (free === undefined) break;
      free.sessions += 1;
      this.#waiting = this.#waiting.slice(1);
      waiter.resolve(free);
    }
    if (this.#waiting.length === 0 || this.#opening !== undefined) return;
    if (this.#connections.length === 0) this.#connect();
    else if (this.#connections.length < MAX_CONNECTIONS)
      this.#timer ??= setTimeout(() => this.#connectIfWanted(), MAX_WAIT_MS);
  }

  #removeUnusable(): void {
    this.#connections = this.#connections.filter(({ connection }) => connection.isUsable);
  }

  #connectIfWanted(): void {
    this.#timer = undefined;
    if (this.#waiting.length > 0 && this.#opening === undefined) this.#connect();
  }

  #connect(): void {
    const opening = new AbortController();
    this.#opening = opening;
    setDeadline(opening.signal, { timer: this.#deadlines });
    const stageMs = Math.min(...this.#waiting.map((waiter) => waiter.stageMs));
    this.#open({ signal: opening.signal, stageMs }).then(
      (connection) => (opening.signal.aborted ? connection[Symbol.dispose]() : this.#add(connection)),
      (error: unknown) => (opening.signal.aborted ? undefined : this.#rejectAll(error)),
    );
  }

  /** All deadlines of the commands that wait. */
  readonly #deadlines = {
    hold: () => {
      this.#held = this.#waiting.map(({ signal }) => holdDeadline(signal));
    },
    release: () => {
      for (const held of this.#held?.splice(0) ?? []) held[Symbol.dispose]();
      this.#held = undefined;
    },
  };

  /** No command waits for the connection any more. The attempt ends by itself, and its outcome is ignored. */
  #giveUpOpening(): void {
    this.#opening?.abort(new Error("nobody waits for the connection"));
    this.#opening = undefined;
  }

  #add(connection: MultiplexedConnection): void {
    this.#opening = undefined;
    const now = performance.now();
    const endsAt = now + MAX_AGE_MS * (1 - AGE_SPREAD * Math.random());
    const pooled = { connection, endsAt, sessions: 0, maxSessions: MAX_SESSIONS, idleSince: now };
    this.#connections = [...this.#connections, pooled];
    connection.onClose(() => this.#serve());
    this.#serve();
  }

  /** Where another connection works, the waiting commands go on waiting for a session on that one. */
  #rejectAll(error: unknown): void {
    this.#opening = undefined;
    if (this.#connections.some(({ connection }) => connection.isUsable)) {
      this.#log(`ssh: no further connection: ${error}`);
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) waiter.reject(error);
  }
}

/**
 * The server has refused a session: the connection gets fewer of them, or is retired where it had only this
 * one.
 */
function allowFewerSessions(pooled: PooledConnection): void {
  if (pooled.sessions === 1) pooled.connection.retire();
  else pooled.maxSessions = Math.min(pooled.maxSessions, pooled.sessions - 1);
}
