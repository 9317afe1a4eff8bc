/** A lookup that took longer than this is slow. */
export const SLOW_MS = 1_000;
/** A name that was slow counts as slow for so long, unless it is quick before. */
const REMEMBERED_MS = 5 * 60_000;
/** Between two lines for the operator. */
const SAID_EVERY_MS = 60_000;

/** So many names are known to be quick. */
const MAX_QUICK = 10_000;

export interface NameSpeedsOptions {
  readonly now: () => number;
  /** Writes a line for the operator. */
  readonly warn: (message: string) => void;
}

/**
 * Which names were slow the last time, and which were quick. The log tells what is slow, in one line a minute
 * at most.
 */
export class NameSpeeds {
  readonly #options: NameSpeedsOptions;
  /** By name: until when it counts as slow. */
  readonly #until = new Map<string, number>();
  readonly #quick = new Set<string>();
  /** The latest of `#until`. */
  #latest = 0;
  #saidAt = Number.NEGATIVE_INFINITY;
  #unsaid = 0;

  constructor(options: NameSpeedsOptions) {
    this.#options = options;
  }

  isSlow(host: string): boolean {
    return (this.#until.get(host) ?? 0) > this.#options.now();
  }

  /** Whether the name was quick the last time, as no other quick name has become slow since then. */
  isQuick(host: string): boolean {
    return this.#quick.has(host);
  }

  /** Whether any name is slow. */
  get isAnySlow(): boolean {
    return this.#until.size > 0 && this.#latest > this.#options.now();
  }

  /** `how` ends the sentence of the log: `was found`, or why it was not. */
  note(host: string, tookMs: number, how: string): void {
    this.#until.delete(host);
    if (tookMs <= SLOW_MS) {
      this.#noteQuick(host);
      return;
    }
    const now = this.#options.now();
    this.#prune(now);
    this.#latest = now + REMEMBERED_MS;
    this.#until.set(host, this.#latest);
    if (this.#quick.has(host)) this.#quick.clear();
    this.#say(`${host} ${how} after ${(tookMs / 1000).toFixed(1)} s`, now);
  }

  #noteQuick(host: string): void {
    if (this.#quick.has(host)) return;
    const [first] = this.#quick;
    if (first !== undefined && this.#quick.size >= MAX_QUICK) this.#quick.delete(first);
    this.#quick.add(host);
  }

  /** The names stand in the order in which they were slow. */
  #prune(now: number): void {
    for (const [host, until] of this.#until) {
      if (until > now) return;
      this.#until.delete(host);
    }
  }

  #say(text: string, now: number): void {
    if (now - this.#saidAt < SAID_EVERY_MS) {
      this.#unsaid += 1;
      return;
    }
    const others = this.#unsaid === 0 ? "" : `, and ${this.#unsaid} more since the last such line`;
    this.#saidAt = now;
    this.#unsaid = 0;
    this.#options.warn(`name resolution is slow: ${text}${others}`);
  }
}
