/** What has arrived and nobody has taken yet. One waits at a time. */
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

  /** Nothing more will come. What is here may still be taken. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** The first piece that is not empty; empty at the end. */
  async take(): Promise<string> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece) return piece;
      if (piece === undefined && this.#isEnded) return "";
      if (piece === undefined) await this.#event();
    }
  }

  /** All there is, at once. */
  takeRest(): string {
    return this.#pieces.splice(0).join("");
  }

  putBack(piece: string): void {
    this.#pieces.unshift(piece);
  }

  /** Whether more than `known` pieces, or the end, are there within these seconds. */
  async exceeds(known: number, seconds: number): Promise<boolean> {
    const isThere = () => this.#pieces.length > known || this.#isEnded;
    if (isThere()) return true;
    const timer = setTimeout(() => this.#wake(), seconds * 1000);
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
