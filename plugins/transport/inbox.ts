/** The longest that Node's timers can count. A longer time would be over at once. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/** Texts that have arrived and are not taken yet. Only one caller may wait at a time. */
export class Inbox {
  readonly #pieces: string[] = [];
  #isEnded = false;
  #wake: () => void = () => {};

  get count(): number {
    return this.#pieces.length;
  }

  put(piece: string): void {
    this.#pieces.push(piece);
    this.#wake();
  }

  /** Marks the end: nothing more will arrive. What has arrived can still be taken. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** Waits for the first piece that is not empty. The text is empty at the end. */
  async take(): Promise<string> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece) return piece;
      if (piece === undefined && this.#isEnded) return "";
      if (piece === undefined) await this.#event();
    }
  }

  /** Takes all pieces that are here, as one text, without waiting. */
  takeRest(): string {
    return this.#pieces.splice(0).join("");
  }

  putBack(piece: string): void {
    this.#pieces.unshift(piece);
  }

  /** Waits until there are more than `known` pieces or the end, for at most so many seconds. */
  async exceeds(known: number, seconds: number): Promise<boolean> {
    const isThere = () => this.#pieces.length > known || this.#isEnded;
    if (isThere()) return true;
    const timer = setTimeout(() => this.#wake(), Math.min(seconds * 1000, MAX_WAIT_MS));
    await this.#event();
    clearTimeout(timer);
    return isThere();
  }

  #event(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    return promise;
  }
}
