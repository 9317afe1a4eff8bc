import type { Socket } from "node:net";
import { whenAborted } from "../../sdk/deadline.ts";
import { declineUnread } from "../transport/unread.ts";

/**
 * How the plugin's reading of an answer ends: with a line, with the connection, or with its buffer full.
 */
export type ReplyEnd = "lines" | "ended" | "too long";

/** The size of the plugin's buffer. */
const SIZE = 8192;
const LINE_FEED = 0x0a;

/**
 * The plugin's buffer. What is not overwritten stays in it, and the plugin looks at it even after an
 * answer that has not come.
 */
export class ReplyBuffer {
  readonly #bytes = Buffer.alloc(SIZE);
  readonly #signal: AbortSignal;
  readonly #onReceived: () => void;
  #pending = "";

  constructor(signal: AbortSignal, onReceived: () => void) {
    this.#signal = signal;
    this.#onReceived = onReceived;
  }

  /** What the plugin takes for the answer: up to the first NUL, as a byte string. */
  get text(): string {
    return this.#bytes.toString("latin1").split("\0", 1)[0] ?? "";
  }

  /** Whether something has come that was not read yet. */
  get hasMore(): boolean {
    return this.#pending !== "";
  }

  /** Reads lines up to the last one of an answer: `250-one`, `250-two`, `250 three`. */
  async receiveLines(socket: Socket): Promise<ReplyEnd> {
    let start = 0;
    for (;;) {
      const end = await this.#receiveLine(socket, start);
      if (typeof end === "string") return end;
      const line = this.#bytes.toString("latin1", start, end);
      if (!/^[0-9]{3}-/.test(line)) return "lines";
      start = end;
    }
  }

  /** Gives the place behind the line. */
  async #receiveLine(socket: Socket, start: number): Promise<number | "ended" | "too long"> {
    let at = start;
    while (at < SIZE - 1) {
      if (this.#pending === "") this.#pending = await receive(socket, this.#signal);
      this.#onReceived();
      if (this.#pending === "") return "ended";
      const rest = this.#pending.slice(0, SIZE - 1 - at);
      const length = rest.indexOf("\n") + 1 || rest.length;
      this.#bytes.write(rest.slice(0, length), at, "latin1");
      this.#pending = this.#pending.slice(length);
      at += length;
      if (this.#bytes[at - 1] !== LINE_FEED) continue;
      this.#bytes[at] = 0;
      return at;
    }
    return "too long";
  }
}

/**
 * Waits for bytes. The text is empty at the end. Declines if there may have been more than Node has read.
 */
async function receive(socket: Socket, signal: AbortSignal): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const onData = (bytes: Buffer) => {
    // What comes in the same turn, as records of TLS do, waits in the socket.
    socket.pause();
    resolve(bytes.toString("latin1"));
  };
  const onEnd = () => resolve("");
  using _stopping = whenAborted(signal, onEnd);
  socket.on("data", onData);
  for (const name of ENDS) socket.on(name, onEnd);
  if (socket.destroyed || socket.readableEnded) onEnd();
  else socket.resume();
  const received = await promise;
  socket.off("data", onData);
  for (const name of ENDS) socket.off(name, onEnd);
  socket.pause();
  signal.throwIfAborted();
  if (received === "") declineUnread(socket);
  return received;
}

const ENDS = ["end", "error", "close"] as const;
