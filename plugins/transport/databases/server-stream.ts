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
  /** Takes a piece of what the server sends, and gives what is for the driver. Throws an end. */
  readonly push: (piece: Buffer) => Buffer;
  /** Changes what the driver sends. */
  readonly send?: (data: Buffer) => Buffer;
}

export interface ServerStreamOptions {
  readonly framer: Framer;
  /** The library that knows what the driver does not. */
  readonly library: string;
  /** Called once when the connection has ended, with a ServerGone or a CheckDeclined. */
  readonly onEnd: (reason: unknown) => void;
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
  #hasEnded = false;
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

  /** Sends what the driver has no part in, and begins to count the bytes of the answer. */
  ask(data: Buffer): void {
    this.#bytes = 0;
    if (!this.#socket.destroyed) this.#socket.write(data);
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
    return !this.#socket.destroyed && this.#socket.write(changed);
  }

  #giveUp(reason: unknown): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#reject(reason);
    this.#options.onEnd(reason);
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
