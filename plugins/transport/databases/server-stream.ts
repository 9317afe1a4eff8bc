import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { CheckDeclined } from "../../../sdk/index.ts";
import { errnoName } from "../../libc/errno.ts";

/** How a connection ended: the server closed it, or it broke. */
export class ServerGone extends Error {
  override readonly name = "ServerGone";
  readonly how: "closed" | "broken";

  constructor(how: ServerGone["how"], cause?: unknown) {
    super("the server has closed the connection", { cause });
    this.how = how;
  }
}

/** Bytes of all answers to one check. A plugin keeps any number of them in memory. */
export const MAX_BYTES = 64 * 1024 * 1024;

/** What is between the socket and the driver. */
export interface Framer {
  /** Takes a piece of what the server sends, and gives what is whole now. Throws an end of the connection. */
  readonly push: (piece: Buffer) => Buffer;
  /** Changes what the driver sends. */
  readonly send?: (data: Buffer) => Buffer;
}

export interface ServerStreamOptions {
  readonly framer: Framer;
  /** The library that knows what the driver does not. */
  readonly library: string;
}

/** How long a server may take to close its side. */
const LINGER_MS = 1_000;

/**
 * A connected socket, made into the stream that the driver wants to connect itself. What the driver throws
 * while it reads, as its parser does for words that it does not know, ends the connection, not the worker.
 */
export class ServerStream {
  /** Rejects when the connection has ended: with a ServerGone or a CheckDeclined. */
  readonly ended: Promise<never>;
  readonly #socket: Socket;
  readonly #events = new EventEmitter();
  readonly #reject: (reason: unknown) => void;
  readonly #options: ServerStreamOptions;
  /** Answers that were asked for, in the order in which they come. */
  readonly #awaited: PromiseWithResolvers<void>[] = [];
  #endedBy: { readonly reason: unknown } | undefined;
  /** What is sent as one piece. Undefined: each piece is sent at once. */
  #held: Buffer[] | undefined;
  #bytes = 0;

  constructor(socket: Socket, options: ServerStreamOptions) {
    this.#socket = socket;
    this.#options = options;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.ended = promise;
    this.#reject = reject;
    socket.on("data", (data: Buffer) => this.receive(data));
    socket.once("end", () => this.end(new ServerGone("closed")));
    socket.on("error", (error) => this.end(new ServerGone(isReadReset(error) ? "closed" : "broken", error)));
    socket.once("close", () => this.end(new ServerGone("broken")));
    if (socket.destroyed) this.end(new ServerGone("broken", socket.errored));
    // The server was quicker than the loading of the driver: its end is not told again.
    else if (socket.readableEnded) this.end(new ServerGone("closed"));
  }

  /** Begins to count the bytes of a new check. */
  begin(): void {
    this.#bytes = 0;
  }

  /** Waits for one more answer. Rejects as `ended` does when the connection ends before. */
  expect(): Promise<void> {
    const awaited = Promise.withResolvers<void>();
    if (this.#endedBy === undefined) this.#awaited.push(awaited);
    else awaited.reject(this.#endedBy.reason);
    return awaited.promise;
  }

  /** Says that the oldest answer that is waited for has come. */
  answered(): void {
    this.#awaited.shift()?.resolve();
  }

  /** Sends all that the driver writes meanwhile as one piece: in one packet, if it is short. */
  together<Value>(write: () => Value): Value {
    const held: Buffer[] = [];
    this.#held = held;
    try {
      return write();
    } finally {
      this.#held = undefined;
      this.#write(Buffer.concat(held));
    }
  }

  /** Closes the connection. Of several reasons the first one counts. */
  end(reason: unknown): void {
    this.#giveUp(reason);
    this.#socket.destroy();
  }

  /** Sends the last words, and closes the connection. */
  finish(words: Buffer): void {
    this.#giveUp(new ServerGone("broken"));
    this.#socket.end(words);
    const timer = setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
    this.#socket.once("close", () => clearTimeout(timer));
  }

  /** What the driver uses of a socket. The rest of a Duplex is missing. */
  get forDriver(): Duplex {
    const socket = this.#socket;
    const events = this.#events;
    const stream = Object.assign(events, {
      writable: true,
      write: (data: Buffer) => this.#send(data),
      connect: () => process.nextTick(() => events.emit("connect")),
      setNoDelay: () => {},
      setKeepAlive: () => {},
      end: () => {},
      destroy: () => this.end(new ServerGone("broken")),
      resume: () => socket.resume(),
    });
    return stream as unknown as Duplex;
  }

  #send(data: Buffer): boolean {
    const changed = this.#options.framer.send?.(data) ?? data;
    if (this.#held === undefined) return this.#write(changed);
    this.#held.push(changed);
    return true;
  }

  #write(data: Buffer): boolean {
    return !this.#socket.destroyed && this.#socket.write(data);
  }

  #giveUp(reason: unknown): void {
    this.#endedBy ??= { reason };
    this.#reject(reason);
    for (const { reject } of this.#awaited.splice(0)) reject(this.#endedBy.reason);
  }

  /** Takes what has come from the server. Bytes that were read before the stream was made are given here. */
  receive(data: Buffer): void {
    const { framer, library } = this.#options;
    this.#bytes += data.length;
    try {
      if (this.#bytes > MAX_BYTES) throw new CheckDeclined("an answer that is too large");
      const whole = framer.push(data);
      if (whole.length > 0) this.#events.emit("data", whole);
    } catch (error) {
      if (error instanceof CheckDeclined || error instanceof ServerGone) this.end(error);
      else this.end(new CheckDeclined(`the server speaks what only ${library} knows`, { cause: error }));
    }
  }
}

/** The other side has reset the connection, and everything it had sent before was read. */
export function isReadReset(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return errnoName(error) === "ECONNRESET" && "syscall" in error && error.syscall === "read";
}
