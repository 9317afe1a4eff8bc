import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { CheckDeclined } from "../../../sdk/index.ts";
import { errnoName } from "../../libc/errno.ts";
import { MessageFramer } from "./message-framer.ts";

/** How a connection ended: the server closed it, or it broke. */
export class ServerGone extends Error {
  override readonly name = "ServerGone";
  readonly how: "closed" | "broken";

  constructor(how: ServerGone["how"], cause?: unknown) {
    super("the server has closed the connection", { cause });
    this.how = how;
  }
}

/** Bytes of all answers to one check. The plugin keeps any number of them in memory. */
const MAX_BYTES = 64 * 1024 * 1024;

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
  readonly #framer = new MessageFramer(MAX_BYTES);
  #bytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.ended = promise;
    this.#reject = reject;
    socket.on("data", (data: Buffer) => this.#receive(data));
    socket.once("end", () => this.end(new ServerGone("closed")));
    socket.on("error", (error) => this.end(new ServerGone(isReadReset(error) ? "closed" : "broken", error)));
    socket.once("close", () => this.end(new ServerGone("broken")));
    if (socket.destroyed) this.end(new ServerGone("broken", socket.errored));
  }

  /** Begins to count the bytes of a new check. */
  begin(): void {
    this.#bytes = 0;
  }

  /** Closes the connection. Of several reasons the first one counts. */
  end(reason: unknown): void {
    this.#reject(reason);
    this.#socket.destroy();
  }

  /** Sends the last words, and closes the connection. */
  finish(words: Buffer): void {
    this.#reject(new ServerGone("broken"));
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
      write: (data: Buffer) => !socket.destroyed && socket.write(data),
      connect: () => process.nextTick(() => events.emit("connect")),
      setNoDelay: () => {},
      setKeepAlive: () => {},
      end: () => {},
      destroy: () => this.end(new ServerGone("broken")),
      resume: () => socket.resume(),
    });
    return stream as unknown as Duplex;
  }

  #receive(data: Buffer): void {
    this.#bytes += data.length;
    try {
      if (this.#bytes > MAX_BYTES) throw new CheckDeclined("an answer that is too large");
      const whole = this.#framer.push(data);
      if (whole.length > 0) this.#events.emit("data", whole);
    } catch (error) {
      if (error instanceof CheckDeclined) this.end(error);
      else this.end(new CheckDeclined("the server speaks what only libpq knows", { cause: error }));
    }
  }
}

function isReadReset(error: Error): boolean {
  return errnoName(error) === "ECONNRESET" && "syscall" in error && error.syscall === "read";
}
