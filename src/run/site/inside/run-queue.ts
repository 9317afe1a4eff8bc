import { afterMicrotasks } from "../after-microtasks.ts";
import type { Ring, RingRecord } from "../threads/ring.ts";

/** The runs that the worker has asked for. Life: looked at whenever the worker says that there are some. */
export class RunQueue {
  readonly #ring: Ring;
  readonly #begin: (run: RingRecord) => void;
  #isLooking = false;

  /** @param begin never throws */
  constructor(ring: Ring, begin: (run: RingRecord) => void) {
    this.#ring = ring;
    this.#begin = begin;
  }

  /** A run begins when the one before has answered or waits: one that never ends must not hold its answer. */
  look(): void {
    this.#ring.hear();
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#next();
  }

  beginAll(): void {
    for (let run = this.#ring.take(); run; run = this.#ring.take()) this.#begin(run);
  }

  readonly #next = (): void => {
    const run = this.#ring.take();
    this.#isLooking = run !== undefined;
    if (run === undefined) return;
    this.#begin(run);
    afterMicrotasks(this.#next);
  };
}
