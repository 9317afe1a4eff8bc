export interface HeartbeatOptions {
  /** Silence after which the peer is asked for a sign of life. */
  readonly probeAfterMs: number;
  /** Further silence after which it is given up. */
  readonly answerWithinMs: number;
  readonly probe: () => void;
  readonly onSilence: () => void;
}

/**
 * Finds half-open connections: the peer's machine went away without a word, and TCP alone would notice after
 * minutes or, where nothing is sent, never. Runs from its making until `stop`.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #heardAt = performance.now();
  #timer: NodeJS.Timeout;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#timer = setTimeout(this.#listen, options.probeAfterMs);
  }

  /** Called for every chunk that arrives, so it must cost nothing: no timer is touched. */
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
