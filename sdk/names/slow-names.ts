/** A lookup that took longer than this is slow. */
export const SLOW_MS = 1_000;
/** A name that was slow counts as slow for so long, unless it is quick before. */
const REMEMBERED_MS = 5 * 60_000;
/** Between two lines for the operator. */
const SAID_EVERY_MS = 60_000;

export interface SlowNamesOptions {
  readonly now: () => number;
  /** Writes a line for the operator. */
  readonly warn: (message: string) => void;
}

/** Which names were slow the last time. It says so in the log, in one line a minute at most. */
export class SlowNames {
  readonly #options: SlowNamesOptions;
  /** By name: until when it counts as slow. */
  readonly #until = new Map<string, number>();
  #saidAt = Number.NEGATIVE_INFINITY;
  #unsaid = 0;

  constructor(options: SlowNamesOptions) {
    this.#options = options;
  }

  has(host: string): boolean {
    return (this.#until.get(host) ?? 0) > this.#options.now();
  }

  /** Whether any name is slow. */
  get isAny(): boolean {
    return this.#until.values().some((until) => until > this.#options.now());
  }

  /** `how` ends the sentence of the log: `was found`, or why it was not. */
  note(host: string, tookMs: number, how: string): void {
    this.#until.delete(host);
    if (tookMs <= SLOW_MS) return;
    const now = this.#options.now();
    this.#prune(now);
    this.#until.set(host, now + REMEMBERED_MS);
    this.#say(`${host} ${how} after ${(tookMs / 1000).toFixed(1)} s`, now);
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
