import { holdDeadline } from "./deadline.ts";

/** How things stand where checks wait inside the worker. Times are seconds. */
export interface WaitStatus {
  /** Checks that wait now. */
  readonly waiting: number;
  /** How long the first of them has been waiting; 0 if none waits. */
  readonly oldestWait: number;
  /** Since the start: checks that had to wait, how long all together, and the longest. */
  readonly waited: number;
  readonly totalWait: number;
  readonly longestWait: number;
}

/** A wait as long as this is told to the operator. */
const LONG_SECONDS = 1;

/**
 * Counts the waits inside the worker for one thing, such as a login. The time-outs of a check stand still
 * while it waits: the wait is no fault of its target.
 */
export class Waits {
  readonly #since = new Map<object, number>();
  #listener: (() => void) | undefined;
  #waited = 0;
  #totalMs = 0;
  #longestMs = 0;

  /** Begins a wait of the check with this signal. It ends when the result is disposed of. */
  begin(signal: AbortSignal): Disposable {
    const hold = holdDeadline(signal);
    const sinceMs = performance.now();
    this.#since.set(hold, sinceMs);
    return {
      [Symbol.dispose]: () => {
        if (!this.#since.delete(hold)) return;
        hold[Symbol.dispose]();
        this.#count(performance.now() - sinceMs);
      },
    };
  }

  /** Sets what is called when a check has waited for long. */
  whenLong(listener: () => void): void {
    this.#listener = listener;
  }

  get status(): WaitStatus {
    const [oldest] = this.#since.values();
    return {
      waiting: this.#since.size,
      oldestWait: oldest === undefined ? 0 : (performance.now() - oldest) / 1000,
      waited: this.#waited,
      totalWait: this.#totalMs / 1000,
      longestWait: this.#longestMs / 1000,
    };
  }

  #count(ms: number): void {
    this.#waited += 1;
    this.#totalMs += ms;
    this.#longestMs = Math.max(this.#longestMs, ms);
    if (ms >= LONG_SECONDS * 1000) this.#listener?.();
  }
}
