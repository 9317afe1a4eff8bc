/** A pause as short as that between two jobs is none. */
const PAUSE_MS = 5_000;

/** How long something is full, as a queue at its limit. Times are `performance.now()`. */
export class FullTime {
  #fullSinceMs: number | undefined;
  /** Since when it is full but for short pauses. */
  #longSinceMs = 0;
  #leftMs = Number.NEGATIVE_INFINITY;
  #totalMs = 0;

  /** To be called after each change. */
  note(isFull: boolean, nowMs = performance.now()): void {
    if (isFull === (this.#fullSinceMs !== undefined)) return;
    if (isFull) {
      if (nowMs - this.#leftMs > PAUSE_MS) this.#longSinceMs = nowMs;
      this.#fullSinceMs = nowMs;
    } else {
      this.#totalMs += nowMs - (this.#fullSinceMs ?? nowMs);
      this.#fullSinceMs = undefined;
      this.#leftMs = nowMs;
    }
  }

  /** Seconds of its whole life. */
  total(nowMs = performance.now()): number {
    return (this.#totalMs + nowMs - (this.#fullSinceMs ?? nowMs)) / 1000;
  }

  /** For how many seconds it is full without a longer pause; 0 if it is not. */
  present(nowMs = performance.now()): number {
    const isFull = this.#fullSinceMs !== undefined || nowMs - this.#leftMs <= PAUSE_MS;
    return isFull ? (nowMs - this.#longSinceMs) / 1000 : 0;
  }
}
