import type { Shared } from "../../sdk/index.ts";
import { Waits } from "../../sdk/waits.ts";
import type { TargetClock } from "../transport/timing.ts";

/** Bytes of answers that may be under way. Far more than the pages of a site's checks hold together. */
const BUDGET = 32 * 1_024 * 1_024;
/** Answers that come to their end whatever the others hold, in the order of their begin. */
const ALWAYS = 8;
/** What a socket gives at once. */
const PIECE = 65_536;
/** The longest pause: the answers before this one may come from slow servers. */
const MAX_PAUSE_MS = 15_000;

/** An answer that comes: how to stop it, and what must not count meanwhile. */
export interface Incoming {
  readonly connection: { readonly pause: () => void; readonly resume: () => void };
  /** The signal of the check. */
  readonly signal: AbortSignal;
  readonly clock: Pick<TargetClock, "tick" | "skip">;
}

/**
 * Limits the memory of answers that are under way. Where many large pages come at once, the worker reads the
 * first of them, and lets the others wait in their sockets. The pauses count neither for the time-outs nor
 * for the times that the check tells.
 */
export class PageBudget implements Disposable {
  readonly waits = new Waits();
  readonly #budget: number;
  readonly #shares = new Set<PageShare>();
  #bytes = 0;

  constructor(budget = BUDGET) {
    this.#budget = budget;
  }

  /** Bytes of the answers that are under way. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins an answer. It ends when the result is disposed of. */
  begin(incoming: Incoming): PageShare {
    const share = new PageShare(incoming, this.waits, {
      add: (bytes) => this.#add(share, bytes),
      end: (bytes) => this.#end(share, bytes),
    });
    this.#shares.add(share);
    return share;
  }

  [Symbol.dispose](): void {
    for (const share of this.#shares) share[Symbol.dispose]();
  }

  #add(share: PageShare, bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#budget && !this.#isAmongFirst(share)) share.pause();
  }

  #end(share: PageShare, bytes: number): void {
    this.#bytes -= bytes;
    this.#shares.delete(share);
    let room = Math.max(0, Math.floor((this.#budget - this.#bytes) / PIECE));
    let at = 0;
    for (const each of this.#shares) {
      at += 1;
      if (!each.isPaused) continue;
      if (at > ALWAYS && room <= 0) return;
      room -= 1;
      each.resume();
    }
  }

  #isAmongFirst(share: PageShare): boolean {
    let at = 0;
    for (const each of this.#shares) {
      if (each === share) return true;
      at += 1;
      if (at >= ALWAYS) return false;
    }
    return false;
  }
}

interface ShareEvents {
  readonly add: (bytes: number) => void;
  readonly end: (bytes: number) => void;
}

/** The bytes of one answer. */
class PageShare implements Disposable {
  readonly #incoming: Incoming;
  readonly #waits: Waits;
  readonly #events: ShareEvents;
  #bytes = 0;
  #wait: Disposable | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  constructor(incoming: Incoming, waits: Waits, events: ShareEvents) {
    this.#incoming = incoming;
    this.#waits = waits;
    this.#events = events;
  }

  get isPaused(): boolean {
    return this.#wait !== undefined;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    this.#events.add(bytes);
  }

  pause(): void {
    if (this.#isEnded || this.#wait !== undefined) return;
    const { connection, clock, signal } = this.#incoming;
    clock.tick();
    this.#wait = this.#waits.begin(signal);
    this.#timer = setTimeout(() => this.resume(), MAX_PAUSE_MS);
    connection.pause();
  }

  resume(): void {
    if (this.#wait === undefined) return;
    clearTimeout(this.#timer);
    this.#wait[Symbol.dispose]();
    this.#wait = undefined;
    this.#incoming.clock.skip();
    this.#incoming.connection.resume();
  }

  [Symbol.dispose](): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.resume();
    this.#events.end(this.#bytes);
  }
}

/** One for all checks of this worker. */
export const HTTP_PAGES: Shared<PageBudget> = { name: "HTTP pages", create: () => new PageBudget() };
