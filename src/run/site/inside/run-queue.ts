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
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#next();
  }

  beginAll(): void {
    for (let run = this.#ring.take(); run; run = this.#ring.take()) this.#begin(run);
  }

  readonly #next = (): void => {
    const run = this.#ring.take();
    if (run === undefined) {
      setImmediate(this.#rest);
      return;
    }
    this.#begin(run);
    afterMicrotasks(this.#next);
  };

  /** What the worker has written meanwhile was not called for, as this thread was awake. */
  readonly #rest = (): void => {
    this.#ring.sleep();
    this.#isLooking = false;
    if (!this.#ring.isEmpty) this.look();
  };
}

/** Calls `act` when the code that can go on now has done so, and before the event loop goes on. */
function afterMicrotasks(act: () => void): void {
  // Node empties the queue of microtasks before it calls what waits for the next tick.
  queueMicrotask(() => process.nextTick(act));
}
