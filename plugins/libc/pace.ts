/** How long a loop may block the event loop. */
const SLICE_MS = 4;

/** For long loops over what a server sent: they stop from time to time, so that other checks can go on. */
export class Pace {
  readonly #signal: AbortSignal;
  #sliceEnd = performance.now() + SLICE_MS;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether the loop has run for long enough and should call `rest`. */
  get isRestDue(): boolean {
    return performance.now() >= this.#sliceEnd;
  }

  /** Lets other checks go on. Rejects with the signal's reason if the signal is aborted. */
  async rest(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#signal.throwIfAborted();
    this.#sliceEnd = performance.now() + SLICE_MS;
  }
}
