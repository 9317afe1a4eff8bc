import type { Socket } from "node:net";
import type { Reception } from "./reception.ts";

/**
 * How an answer ended: `complete` by its own form, `unclear` where that is doubtful, `closed` with the connection, `broken` with an
 * error of the system's that the plugin complains of.
 */
export type Ending = "complete" | "unclear" | "closed" | "broken";

/** The answer under way. */
interface Question {
  readonly reception: Reception;
  readonly resolve: (ending: Ending) => void;
}

/** A connection to an HTTP server: one question at a time, and between questions silence. */
export class HttpConnection implements Disposable {
  readonly openedAt = performance.now();
  readonly #socket: Socket;
  /** Another one below, over TLS: that is the one which is there for sure. */
  readonly #lower: Socket;
  #question: Question | undefined;
  #onLost: () => void = () => {};
  #questions = 0;

  /** @param lower what the socket, of TLS, runs over; it is closed with it */
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

  /** How many were asked on it. */
  get questions(): number {
    return this.#questions;
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && !this.#socket.readableEnded;
  }

  /** Nobody hears that the request could not be sent: the answer is missing then. */
  ask(request: string, reception: Reception): Promise<Ending> {
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.#questions += 1;
    this.#question = { reception, resolve };
    if (this.#socket.writable) this.#socket.write(request, "latin1");
    if (!this.isOpen) this.#end("closed");
    return promise;
  }

  /** Calls when it is closed, or the server says anything, while nobody asks. It is closed then. */
  whenLost(onLost: () => void): void {
    this.#onLost = onLost;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
    this.#lower.destroy();
  }

  #receive(text: string): void {
    const progress = this.#question?.reception.put(text) ?? "closed";
    if (progress !== "open") this.#end(progress);
  }

  #end(ending: Ending): void {
    const question = this.#question;
    this.#question = undefined;
    question?.resolve(ending);
    if (question !== undefined) return;
    this[Symbol.dispose]();
    this.#onLost();
  }
}

/** To the plugin a reset is an end like any other. */
function isReset(error: Error): boolean {
  return "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}
