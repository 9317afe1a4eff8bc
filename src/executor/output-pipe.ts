import { readSync } from "node:fs";
import type { ByteString } from "../byte-string.ts";
import { closeFifo, openFifo } from "./fifos.ts";

/** What is kept of one stream; the rest is read and dropped, so that the plugin can end (as the C worker does). */
export const LARGEST_OUTPUT = 10 * 1024 * 1024;

const PIPE_SIZE = 65_536;
const buffer = Buffer.allocUnsafeSlow(PIPE_SIZE);

/** `more`: the pipe may hold more. `empty`: nothing now, but somebody holds its other end. `end`: nobody does. */
export type PipeState = "more" | "empty" | "end";

/**
 * The reading end of one named pipe that gets a stream of one plugin after the other.
 *
 * It is read only when the plugin has ended, or now and then while it runs, not by events: nearly all plugins
 * print less than a pipe holds, and two reads cost less than one event. End-of-file proves that no process has
 * the pipe open any more, so nothing of this plugin can show up in the output of the next.
 */
export class OutputPipe {
  readonly #fd: number;
  #text: ByteString = "";
  #dropped = 0;

  constructor(path: string) {
    this.#fd = openFifo(path, "read");
  }

  /** Takes what is there, in at most `reads` reads. */
  drain(reads: number): PipeState {
    let state = this.#read();
    for (let i = 1; i < reads && state === "more"; i++) state = this.#read();
    return state;
  }

  #read(): PipeState {
    let count: number;
    try {
      count = readSync(this.#fd, buffer, 0, PIPE_SIZE, null);
    } catch {
      return "empty"; // EAGAIN: nothing to read, and a writer is there
    }
    if (count === 0) return "end";
    this.#keep(count);
    return "more";
  }

  /** Bytes read since the last `take`, dropped ones included. */
  get bytesRead(): number {
    return this.#text.length + this.#dropped;
  }

  /** Bytes that were cut off so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** What was read since the last call. */
  take(): ByteString {
    const text = this.#text;
    this.#text = "";
    this.#dropped = 0;
    return text;
  }

  [Symbol.dispose](): void {
    closeFifo(this.#fd);
  }

  #keep(count: number): void {
    const room = LARGEST_OUTPUT - this.#text.length;
    this.#text += buffer.toString("latin1", 0, Math.min(count, room));
    this.#dropped += Math.max(0, count - room);
  }
}
