import { setTimeout as pause } from "node:timers/promises";
import { CheckDeclined } from "../../../sdk/index.ts";
import type { Execution, LiveConnection, RemoteCommand } from "./multiplexed-connection.ts";

/** How a command ended, and what ssh printed before when it connected. */
export type Executed = Extract<Execution, { kind: "ran" | "lost" }> & { readonly printed: string };

export interface LaneOptions {
  readonly open: (signal: AbortSignal) => Promise<LiveConnection>;
  /** May a connection be used that was made when known_hosts was another? */
  readonly isStillTrusted: (connection: LiveConnection) => Promise<boolean>;
  readonly log: (message: string) => void;
}

/** A connection and who is on it. */
interface Line {
  readonly connection: LiveConnection;
  readonly endsAt: number;
  taken: number;
  /** Commands at once. */
  capacity: number;
  idleSince: number;
}

interface Waiter {
  readonly resolve: (line: Line) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * sshd's MaxSessions is 10, but a session lingers for a moment when its channel is closed: with up to five at once none is
 * refused, with seven some are.
 */
const CHANNELS = 5;
const MAX_CONNECTIONS = 4;
/** Who has waited so long for a channel gets another connection. */
const WAIT_MS = 250;
const TRY_AGAIN_MS = 10;
/** A command that has a connection for itself, and so often gets no channel on it, gets none. */
const MAX_VAIN = 4;
/** Longer than the usual five minutes between two checks. */
const IDLE_MS = 330_000;
/** Changes over there (groups, limits, keys that are no longer allowed) are seen with the next login. */
const MAX_AGE_MS = 600_000;
/** A part of the age is chance: else connections made together would all be made anew together. */
const AGE_SPREAD = 0.2;

/** The connections to one target. Commands wait here for a channel, first come, first served. */
export class Lane implements Disposable {
  readonly #open: LaneOptions["open"];
  readonly #isStillTrusted: LaneOptions["isStillTrusted"];
  readonly #log: LaneOptions["log"];
  #lines: readonly Line[] = [];
  #waiting: readonly Waiter[] = [];
  #opening: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({ open, isStillTrusted, log }: LaneOptions) {
    this.#open = open;
    this.#isStillTrusted = isStillTrusted;
    this.#log = log;
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.#waiting.length === 0 && this.#opening === undefined;
  }

  /** Runs a command on a channel of its own. A command that was sent is never sent again. */
  async execute(command: RemoteCommand, signal: AbortSignal): Promise<Executed> {
    for (let vain = 0; vain < MAX_VAIN; ) {
      const line = await this.#take(signal);
      try {
        const execution = await line.connection.execute(command, signal);
        const { printed } = line.connection;
        if (execution.kind === "ran" || execution.kind === "lost") return { ...execution, printed };
        if (line.taken === 1) vain += 1;
        if (execution.kind === "refused") makeRoom(line);
      } finally {
        this.#giveBack(line);
      }
      await pause(TRY_AGAIN_MS, undefined, { signal });
    }
    throw new CheckDeclined("the server allows no session");
  }

  /** known_hosts has changed: ends what is no longer trusted. */
  async revise(): Promise<void> {
    for (const { connection } of this.#lines) {
      if (!(await this.#isStillTrusted(connection))) connection.retire();
    }
  }

  /** Ends what is idle or old. */
  sweep(now: number): void {
    for (const { connection, taken, idleSince, endsAt } of this.#lines) {
      if (now > endsAt || (taken === 0 && now - idleSince > IDLE_MS)) connection.retire();
    }
    this.#lines = this.#lines.filter(({ connection }) => connection.isUsable);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#giveUpOpening();
    for (const { connection } of this.#lines) connection[Symbol.dispose]();
    this.#lines = [];
    this.#refuseAll(new Error("the ssh connections are given up"));
  }

  #take(signal: AbortSignal): Promise<Line> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Line>();
    const waiter: Waiter = { resolve, reject };
    const leave = () => {
      this.#waiting = this.#waiting.filter((each) => each !== waiter);
      if (this.#waiting.length === 0) this.#giveUpOpening();
      reject(signal.reason);
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#waiting = [...this.#waiting, waiter];
    this.#serve();
    return promise.finally(() => signal.removeEventListener("abort", leave));
  }

  #giveBack(line: Line): void {
    line.taken -= 1;
    line.idleSince = performance.now();
    this.#serve();
  }

  #serve(): void {
    this.#lines = this.#lines.filter(({ connection }) => connection.isUsable);
    for (const waiter of this.#waiting) {
      const line = this.#lines.find(({ taken, capacity }) => taken < capacity);
      if (line === undefined) break;
      line.taken += 1;
      this.#waiting = this.#waiting.slice(1);
      waiter.resolve(line);
    }
    if (this.#waiting.length === 0 || this.#opening !== undefined) return;
    if (this.#lines.length === 0) this.#addLine();
    else if (this.#lines.length < MAX_CONNECTIONS)
      this.#timer ??= setTimeout(() => this.#addLineIfWanted(), WAIT_MS);
  }

  #addLineIfWanted(): void {
    this.#timer = undefined;
    if (this.#waiting.length > 0 && this.#opening === undefined) this.#addLine();
  }

  #addLine(): void {
    const opening = new AbortController();
    this.#opening = opening;
    this.#open(opening.signal).then(
      (connection) => (opening.signal.aborted ? connection[Symbol.dispose]() : this.#admit(connection)),
      (error: unknown) => (opening.signal.aborted ? undefined : this.#refuseAll(error)),
    );
  }

  /** Nobody waits for it any more. What is left of the attempt ends by itself, unheard. */
  #giveUpOpening(): void {
    this.#opening?.abort(new Error("nobody waits for the connection"));
    this.#opening = undefined;
  }

  #admit(connection: LiveConnection): void {
    this.#opening = undefined;
    const now = performance.now();
    const endsAt = now + MAX_AGE_MS * (1 - AGE_SPREAD * Math.random());
    this.#lines = [...this.#lines, { connection, endsAt, taken: 0, capacity: CHANNELS, idleSince: now }];
    connection.onClose(() => this.#serve());
    this.#serve();
  }

  /** Who waits for another connection beside one that works waits on. */
  #refuseAll(error: unknown): void {
    this.#opening = undefined;
    if (this.#lines.some(({ connection }) => connection.isUsable)) {
      this.#log(`ssh: no further connection: ${error}`);
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) waiter.reject(error);
  }
}

/** The server refused a channel: fewer at once, or another connection. */
function makeRoom(line: Line): void {
  if (line.taken === 1) line.connection.retire();
  else line.capacity = Math.min(line.capacity, line.taken - 1);
}
