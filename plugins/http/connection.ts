import type { Socket } from "node:net";
import type { Reception } from "./reception.ts";

/**
 * How an answer ended.
 * - `complete`: its header or its chunks say that it is over.
 * - `unclear`: it is not certain where it ends.
 * - `closed`: the connection was closed.
 * - `broken`: the system reported an error that the plugin complains about.
 */
export type Ending = "complete" | "unclear" | "closed" | "broken";

/** An answer that has not ended. */
interface PendingAnswer {
  readonly reception: Reception;
  readonly resolve: (ending: Ending) => void;
}

/**
 * A connection to an HTTP server. It has one request at a time. The server must be silent between requests.
 */
export class HttpConnection implements Disposable {
  readonly openedAt = performance.now();
  readonly #socket: Socket;
  /** The TCP socket below a TLS socket; without TLS the same socket. */
  readonly #lower: Socket;
  #pending: PendingAnswer | undefined;
  #onLost: () => void = () => {};
  #requestCount = 0;

  /** @param lower the TCP socket below a TLS socket; it is closed with it */
  constructor(socket: Socket, lower: Socket = socket) {
    this.#socket = socket;
    this.#lower = lower;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#receive(text));
    socket.once("error", (error) => this.#end(isReset(error) ? "closed" : "broken"));
    socket.once("end", () => this.#end("closed"));
    socket.once("close", () => this.#end("closed"));
    socket.resume();
  }

  /** How many requests were sent on it. */
  get requestCount(): number {
    return this.#requestCount;
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && !this.#socket.readableEnded;
  }

  /**
   * Sends a request, and waits for the end of the answer. If it cannot be sent, the answer ends as `closed`.
   */
  ask(request: string, reception: Reception): Promise<Ending> {
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.#requestCount += 1;
    this.#pending = { reception, resolve };
    if (this.#socket.writable) this.#socket.write(request, "latin1");
    if (!this.isOpen) this.#end("closed");
    return promise;
  }

  /**
   * Sets what is called when the connection is closed, or the server sends something, between two requests.
   */
  whenLost(onLost: () => void): void {
    this.#onLost = onLost;
  }

  /** Lets the rest of the answer wait in the socket, until `resume` is called. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
    this.#lower.destroy();
  }

  #receive(text: string): void {
    const progress = this.#pending?.reception.put(text) ?? "closed";
    if (progress !== "open") this.#end(progress);
  }

  #end(ending: Ending): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.resolve(ending);
    if (pending !== undefined) return;
    this[Symbol.dispose]();
    this.#onLost();
  }
}

/** For the plugin a reset is the same as a close. */
function isReset(error: Error): boolean {
  return "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}
