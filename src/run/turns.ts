/** Longer than that no turn of the event loop shall be: half of what may be noticed elsewhere. */
const TURN_MS = 10;

/**
 * Jobs come in bundles: gearmand's answers to a hundred grabs are read at once. What their checks do before they first wait would be
 * one long turn of the event loop, in which no answer is read and no deadline kept; so it is spread over as many turns as it needs.
 */
export class Turns {
  readonly #now: () => number;
  #beganMs: number | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Undefined: there is time in this turn. */
  enter(): Promise<void> | undefined {
    return this.#isSpent() ? this.#waitForOther() : undefined;
  }

  async #waitForOther(): Promise<void> {
    do await new Promise(setImmediate);
    while (this.#isSpent());
  }

  #isSpent(): boolean {
    const now = this.#now();
    if (this.#beganMs === undefined) {
      this.#beganMs = now;
      // It runs before those who wait from now on.
      setImmediate(this.#end);
    }
    return now - this.#beganMs >= TURN_MS;
  }

  readonly #end = (): void => {
    this.#beganMs = undefined;
  };
}
