import { readSync } from "node:fs";
import type { ByteString } from "../byte-string.ts";
import { MAX_OUTPUT } from "../outcome/outcome.ts";
import { closePipe, openPipe } from "./named-pipes.ts";

const PIPE_SIZE = 65_536;
const buffer = Buffer.allocUnsafeSlow(PIPE_SIZE);

/**
 * `more`: the pipe may hold more. `empty`: it holds nothing now, but a process has its other end open. `end`:
 * it holds nothing, and no process has its other end open.
 */
export type PipeState = "more" | "empty" | "end";

/**
 * The reading end of a named pipe. One plugin after the other writes its stdout, or its stderr, to the pipe.
 *
 * It is read when the plugin has ended, and from time to time while it runs. It is not read by events: nearly
 * all plugins print less than a pipe holds, and two reads cost less than one event. End-of-file proves that
 * no process has the pipe open any more, so no output of this plugin can appear in the output of the next
 * one.
 */
export class OutputPipe {
  readonly #fd: number;
  #text: ByteString = "";
  #dropped = 0;

  constructor(path: string) {
    this.#fd = openPipe(path, "read");
  }

  /** Reads what the pipe holds, in at most `reads` reads. */
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
      return "empty"; // EAGAIN: there is nothing to read, but a process may still write
    }
    if (count === 0) return "end";
    this.#keep(count);
    return "more";
  }

  /** How many bytes were read since the last `take`, with those that were dropped. */
  get bytesRead(): number {
    return this.#text.length + this.#dropped;
  }

  /**
   * How many bytes were dropped, because the output is longer than MAX_OUTPUT. They are read, so that the
   * plugin can end.
   */
  get dropped(): number {
    return this.#dropped;
  }

  /** Gives what was read since the last call. */
  take(): ByteString {
    const text = this.#text;
    this.#text = "";
    this.#dropped = 0;
    return text;
  }

  [Symbol.dispose](): void {
    closePipe(this.#fd);
  }

  #keep(count: number): void {
    const room = MAX_OUTPUT - this.#text.length;
    this.#text += buffer.toString("latin1", 0, Math.min(count, room));
    this.#dropped += Math.max(0, count - room);
  }
}
