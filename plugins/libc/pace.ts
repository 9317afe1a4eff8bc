/** How long a loop may hold the event loop. */
const SLICE_MS = 4;

/** For loops over what a server sent: they stop now and then, so that others get their turn. */
export class Pace {
  readonly #signal: AbortSignal;
  #sliceEnd = performance.now() + SLICE_MS;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  get isRestDue(): boolean {
    return performance.now() >= this.#sliceEnd;
  }

  /** Rejects with the signal's reason when it is aborted. */
  async rest(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#signal.throwIfAborted();
    this.#sliceEnd = performance.now() + SLICE_MS;
  }
}
