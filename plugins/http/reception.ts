import { stopwatch, TargetClock } from "../transport/timing.ts";
import type { AnswerEnd, AnswerHead, Progress } from "./framing.ts";
import { findHeaderEnd, isPlainFromHere } from "./page.ts";

/** Bytes that the plugin reads at once. This decides what it counts if it stops after the header. */
const BUFFER = 8_191;

/** Bytes of a page that are kept. Further bytes are only counted; the plugin would keep them. */
const MAX_KEPT = 8 * 1_024 * 1_024;

/** From so many bytes on the body of a page is not kept if the check does not look at it. */
const MIN_KEPT = 16_384;

/** An answer that has ended. */
export interface Received {
  readonly text: string;
  /** The text from the end of the header on, if only the header is read. */
  readonly afterText: string;
  readonly size: number;
  readonly isCut: boolean;
  /** Seconds from the request to the first byte, and to the end. */
  readonly firstByte: number;
  readonly transfer: number;
}

export interface ReceptionOptions {
  /** True: only the header is read. */
  readonly stopsAtHeader: boolean;
  /** False: nothing looks at the body, so it need not be kept. The default is true. */
  readonly usesBody?: boolean;
  /** Finds the end of the answer. Without it the answer ends with the connection. */
  readonly end?: AnswerEnd | undefined;
  readonly clock?: TargetClock;
}

/** Collects an answer while it comes. */
export class Reception {
  readonly clock: TargetClock;
  readonly #elapsed: () => number;
  readonly #stopsAtHeader: boolean;
  readonly #end: AnswerEnd | undefined;
  /** The length at which it is next looked at whether the rest has to be kept. */
  #lookAt: number;
  #maxKept = MAX_KEPT;
  #text = "";
  /** The last part, with the two characters before it: the end of the header is looked for here. */
  #last = "";
  #size = 0;
  #firstByte = 0;
  #hasNul = false;
  #onGrown: ((bytes: number) => void) | undefined;

  constructor({ stopsAtHeader, usesBody = true, end, clock = new TargetClock() }: ReceptionOptions) {
    this.#lookAt = usesBody || stopsAtHeader ? Number.POSITIVE_INFINITY : MIN_KEPT;
    this.clock = clock;
    this.#elapsed = stopwatch(clock);
    this.#stopsAtHeader = stopsAtHeader;
    this.#end = end;
  }

  get isBegun(): boolean {
    return this.#size > 0;
  }

  /** Whether a NUL has come, in whose place the text has a blank. */
  get hasNul(): boolean {
    return this.#hasNul;
  }

  /** The header, if the end of the answer is looked for and the header has come. */
  get head(): AnswerHead | undefined {
    return this.#end?.head;
  }

  /** Sets what is called with the number of bytes that are kept of each part. */
  whenGrown(onGrown: (bytes: number) => void): void {
    this.#onGrown = onGrown;
  }

  put(text: string): Progress {
    this.clock.tick();
    if (!this.isBegun) this.#firstByte = this.#elapsed();
    const kept = this.#text.length;
    const progress = this.#stopsAtHeader ? this.#putInParts(text) : this.#putWhole(text);
    if (progress === "open") this.#onGrown?.(this.#text.length - kept);
    return progress;
  }

  /** Gives the answer when it has ended. */
  finish(): Received {
    this.clock.tick();
    const [size, firstByte, transfer] = [this.#size, this.#firstByte, this.#elapsed()];
    const isCut = size > this.#text.length;
    if (!this.#stopsAtHeader || findHeaderEnd(this.#last) < 0) {
      return { text: this.#text, afterText: "", size, isCut, firstByte, transfer };
    }
    const last = this.#last.slice(findHeaderEnd(this.#last));
    const text = this.#text.slice(0, size - last.length);
    return { text, afterText: last.slice(1), size, isCut: false, firstByte, transfer };
  }

  #putWhole(text: string): Progress {
    this.#add(text);
    return this.#end?.put(text) ?? "open";
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
    this.#hasNul ||= part !== text;
    if (this.#text.length < this.#maxKept) this.#text += part;
    this.#size += text.length;
    if (this.#text.length >= this.#lookAt) this.#keepLess();
    return part;
  }

  /** Keeps no more, if what follows is a body that nothing looks at. Chunks are looked at. */
  #keepLess(): void {
    this.#lookAt *= 2;
    if (!isPlainFromHere(this.#text)) return;
    this.#lookAt = Number.POSITIVE_INFINITY;
    this.#maxKept = 0;
  }
}
