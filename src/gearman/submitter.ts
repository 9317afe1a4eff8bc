import type { Log } from "../log.ts";
import { cutComplaint } from "./complaints.ts";
import { Connection, type ConnectionState, type ConnectionTiming } from "./connection.ts";
import { Fifo } from "./fifo.ts";
import { type Packet, ProtocolError } from "./packet.ts";
import type { Presence } from "./presence.ts";
import type { ServerAddress } from "./server-address.ts";
import { type Priority, submitPacketName } from "./submit-packets.ts";

export interface Submission {
  readonly queue: string;
  /** While a job of this name waits or runs in the queue, gearmand makes no second one. Empty: none. */
  readonly unique: string;
  readonly workload: Uint8Array;
  readonly priority?: Priority;
}

/** `failed` and `timed-out` occur with `request` only. */
export type SubmitErrorReason = "disconnected" | "refused" | "stopped" | "failed" | "timed-out";

export class SubmitError extends Error {
  override readonly name = "SubmitError";
  readonly reason: SubmitErrorReason;

  constructor(reason: SubmitErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface SubmitterOptions {
  readonly server: ServerAddress;
  readonly log: Log;
  readonly onState?: (state: ConnectionState) => void;
  /** The server was silent, and answers again. */
  readonly onAnswer?: () => void;
  readonly timing?: Partial<ConnectionTiming>;
  readonly presence?: Presence;
}

/** A submission that the server has not answered yet. */
interface PendingSubmission {
  readonly created: (handle: string) => void;
  readonly reject: (error: SubmitError) => void;
}

type PendingRequest = PromiseWithResolvers<Buffer>;

/**
 * In bytes. gearmand reads names into 8 KiB. If they do not fit, it closes the connection, and all other
 * submissions on it are lost.
 */
const MAX_NAME = 4_096;

/**
 * Gives jobs to one job server. Any number may be under way: the server answers submissions in their order,
 * and requests by their handle. A lost connection rejects all of them, because it is unknown which ones were
 * accepted.
 */
export class Submitter {
  readonly #connection: Connection;
  readonly #onState: ((state: ConnectionState) => void) | undefined;
  /** JOB_CREATED or ERROR has not come yet. */
  #waiting = new Fifo<PendingSubmission>();
  /** Created foreground jobs by handle. A handle has several if gearmand made one job of them. */
  readonly #requested = new Map<string, PendingRequest[]>();
  #isStopped = false;

  constructor({ server, log, onState, onAnswer, timing, presence }: SubmitterOptions) {
    this.#onState = onState;
    this.#connection = new Connection({
      server,
      log,
      ...(timing && { timing }),
      ...(presence && { presence }),
      onPacket: (packet) => this.#packet(packet),
      onState: (state) => this.#state(state),
      ...(onAnswer && { onDrain: onAnswer }),
      awaitsReply: () => this.waiting > 0,
    });
  }

  get isConnected(): boolean {
    return this.#connection.isConnected;
  }

  /** The server is connected, but does not answer. */
  get isSilent(): boolean {
    return this.#connection.isSilent;
  }

  /** How many submissions the server has not answered yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  start(): void {
    this.#isStopped = false;
    this.#connection.start();
  }

  /** Resolves with the job's handle once the server has the job. */
  submit(submission: Submission): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#send(submission, false, { created: resolve, reject });
    return promise;
  }

  /** Resolves with what the worker answered. */
  async request(submission: Submission, { timeoutMs }: { readonly timeoutMs: number }): Promise<Buffer> {
    const requested = Promise.withResolvers<Buffer>();
    const late = new SubmitError(
      "timed-out",
      `no answer from queue '${submission.queue}' within ${timeoutMs} ms`,
    );
    const timer = setTimeout(() => requested.reject(late), timeoutMs);
    const created = (handle: string) => this.#created(handle, requested);
    this.#send(submission, true, { created, reject: requested.reject });
    try {
      return await requested.promise;
    } finally {
      clearTimeout(timer);
      this.#forget(requested);
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const stopped = this.#connection.stop();
    this.#rejectAll(new SubmitError("stopped", "the submitter was stopped"));
    await stopped;
  }

  #send(submission: Submission, isForeground: boolean, waiting: PendingSubmission): void {
    const { queue, unique, workload, priority = "normal" } = submission;
    try {
      this.#assertConnected();
      assertFits("queue", queue);
      assertFits("unique", unique);
      this.#connection.send({ type: submitPacketName({ priority, isForeground }), queue, unique, workload });
      this.#waiting.push(waiting);
    } catch (error) {
      if (error instanceof SubmitError) waiting.reject(error);
      else if (error instanceof ProtocolError) waiting.reject(new SubmitError("refused", error.message));
      else throw error;
    }
  }

  #assertConnected(): void {
    if (this.#isStopped) throw new SubmitError("stopped", "the submitter was stopped");
    if (!this.isConnected) throw new SubmitError("disconnected", "no connection to the job server");
  }

  #packet(packet: Packet): void {
    switch (packet.type) {
      case "JOB_CREATED":
        this.#waiting.shift()?.created(packet.handle);
        break;
      case "ERROR":
        this.#waiting
          .shift()
          ?.reject(new SubmitError("refused", cutComplaint(`${packet.code}: ${packet.text}`)));
        break;
      case "WORK_COMPLETE":
        // A copy: the data is a view on everything that came in the same chunk.
        this.#answered(packet.handle)?.resolve(Buffer.from(packet.data));
        break;
      case "WORK_EXCEPTION":
      case "WORK_FAIL":
        this.#answered(packet.handle)?.reject(new SubmitError("failed", "the worker could not do the job"));
        break;
    }
  }

  #created(handle: string, requested: PendingRequest): void {
    this.#requested.set(handle, [...(this.#requested.get(handle) ?? []), requested]);
  }

  /** gearmand answers once for each request of a job. */
  #answered(handle: string): PendingRequest | undefined {
    const [first, ...others] = this.#requested.get(handle) ?? [];
    if (others.length > 0) this.#requested.set(handle, others);
    else this.#requested.delete(handle);
    return first;
  }

  #forget(requested: PendingRequest): void {
    for (const [handle, all] of this.#requested) {
      const others = all.filter((each) => each !== requested);
      if (others.length === 0) this.#requested.delete(handle);
      else if (others.length < all.length) this.#requested.set(handle, others);
    }
  }

  #state(state: ConnectionState): void {
    if (state === "disconnected") this.#rejectAll(new SubmitError("disconnected", "lost the connection"));
    this.#onState?.(state);
  }

  #rejectAll(error: SubmitError): void {
    const waiting = this.#waiting;
    const requested = [...this.#requested.values()].flat();
    this.#waiting = new Fifo();
    this.#requested.clear();
    for (let each = waiting.shift(); each; each = waiting.shift()) each.reject(error);
    for (const each of requested) each.reject(error);
  }
}

function assertFits(what: string, name: string): void {
  if (name.length <= MAX_NAME) return;
  throw new SubmitError("refused", `a ${what} name of ${name.length} bytes, gearmand takes no such`);
}
