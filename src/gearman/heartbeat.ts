export interface HeartbeatOptions {
  /** After this silence the other side is probed. */
  readonly probeAfterMs: number;
  /** If a probe is not answered within this time, `onSilence` is called. */
  readonly answerWithinMs: number;
  readonly probe: () => void;
  readonly onSilence: () => void;
}

/**
 * Finds half-open connections: the other machine has disappeared without closing them. TCP alone notices that
 * after minutes or, if nothing is sent, never. A heartbeat runs from its construction until `stop`.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #heardAt = performance.now();
  #timer: NodeJS.Timeout;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#timer = setTimeout(this.#listen, options.probeAfterMs);
  }

  /** Called for every chunk that arrives, so it must be cheap: it touches no timer. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  readonly #listen = (): void => {
    const left = this.#options.probeAfterMs - (performance.now() - this.#heardAt);
    if (left > 1) {
      this.#timer = setTimeout(this.#listen, left);
      return;
    }
    const probedAt = performance.now();
    this.#options.probe();
    this.#timer = setTimeout(() => this.#judge(probedAt), this.#options.answerWithinMs);
  };

  #judge(probedAt: number): void {
    if (this.#heardAt < probedAt) this.#options.onSilence();
    else this.#listen();
  }
}
