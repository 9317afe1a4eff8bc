/** What a program runs with, which a reload replaces while it runs. */
export class Replaceable<Value> {
  #value: Value;
  #replaced = new AbortController();

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  replace(value: Value): void {
    const before = this.#replaced;
    this.#value = value;
    this.#replaced = new AbortController();
    before.abort();
  }

  /**
   * Runs with the value there is, and once more with each that replaces it, until the signal says so. A run
   * is told to end as it is at the end of the program, so it loses nothing.
   */
  async each(signal: AbortSignal, run: (value: Value, signal: AbortSignal) => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      const round = AbortSignal.any([signal, this.#replaced.signal]);
      await run(this.#value, round);
      // A run that ends by itself is over.
      if (!round.aborted) return;
    }
  }
}
