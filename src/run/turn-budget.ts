/** How long checks may keep the event loop busy in one turn: half of what other work may notice. */
const TURN_MS = 10;

/**
 * Spreads the work of checks over turns of the event loop. Jobs come in bundles, as gearmand's answers to a
 * hundred grabs are read at once. If all their checks started in one turn, no answer would be read and no
 * deadline kept meanwhile.
 */
export class TurnBudget {
  readonly #now: () => number;
  #beganMs: number | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Resolves in a turn that has time left. Undefined: this turn has time left. */
  enter(): Promise<void> | undefined {
    return this.#isSpent() ? this.#waitForNextTurn() : undefined;
  }

  async #waitForNextTurn(): Promise<void> {
    do await new Promise(setImmediate);
    while (this.#isSpent());
  }

  #isSpent(): boolean {
    const now = this.#now();
    if (this.#beganMs === undefined) {
      this.#beganMs = now;
      // It runs before the checks that wait from now on.
      setImmediate(this.#end);
    }
    return now - this.#beganMs >= TURN_MS;
  }

  readonly #end = (): void => {
    this.#beganMs = undefined;
  };
}
