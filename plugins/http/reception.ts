import { stopwatch } from "../transport/timing.ts";
import type { AnswerEnd, AnswerHead, Progress } from "./framing.ts";
import { findHeaderEnd } from "./page.ts";

/** What the plugin reads at once: where it stops at the header, this decides what it counts. */
const BUFFER = 8_191;

/** More of a page is counted, not kept; the plugin would keep all. */
const MOST_KEPT = 8 * 1_024 * 1_024;

export interface Received {
  readonly text: string;
  /** What has come with the end of the header, where that is all that is wanted. */
  readonly behind: string;
  readonly size: number;
  readonly isCut: boolean;
  /** Seconds from the question, and to the end. */
  readonly firstByte: number;
  readonly transfer: number;
}

export interface ReceptionOptions {
  /** All that is wanted is the header. */
  readonly stopsAtHeader: boolean;
  /** Tells where the answer ends; without it, where the connection does. */
  readonly end?: AnswerEnd | undefined;
}

/** An answer while it comes. */
export class Reception {
  readonly #elapsed = stopwatch();
  readonly #stopsAtHeader: boolean;
  readonly #end: AnswerEnd | undefined;
  #text = "";
  /** From the last two characters on, where the end of the header is looked for. */
  #last = "";
  #size = 0;
  #firstByte = 0;

  constructor({ stopsAtHeader, end }: ReceptionOptions) {
    this.#stopsAtHeader = stopsAtHeader;
    this.#end = end;
  }

  get isBegun(): boolean {
    return this.#size > 0;
  }

  /** Of an answer whose end is looked for. */
  get head(): AnswerHead | undefined {
    return this.#end?.head;
  }

  put(text: string): Progress {
    if (!this.isBegun) this.#firstByte = this.#elapsed();
    if (this.#stopsAtHeader) return this.#putInParts(text);
    this.#add(text);
    return this.#end?.put(text) ?? "open";
  }

  /** What there is, when it ends. */
  finish(): Received {
    const [size, firstByte, transfer] = [this.#size, this.#firstByte, this.#elapsed()];
    const isCut = size > this.#text.length;
    if (!this.#stopsAtHeader || findHeaderEnd(this.#last) < 0) {
      return { text: this.#text, behind: "", size, isCut, firstByte, transfer };
    }
    const last = this.#last.slice(findHeaderEnd(this.#last));
    const text = this.#text.slice(0, size - last.length);
    return { text, behind: last.slice(1), size, isCut: false, firstByte, transfer };
  }

  #putInParts(text: string): Progress {
    for (let at = 0; at < text.length; at += BUFFER) {
      const part = text.slice(at, at + BUFFER);
      this.#last = this.#last.slice(-2) + this.#add(part);
      if (findHeaderEnd(this.#last) >= 0) return "complete";
    }
    return "open";
  }

  #add(text: string): string {
    const part = text.replaceAll("\0", " ");
    if (this.#text.length < MOST_KEPT) this.#text += part;
    this.#size += text.length;
    return part;
  }
}
