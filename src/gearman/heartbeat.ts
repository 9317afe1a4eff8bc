export interface HeartbeatTiming {
  /** A server from which a reply is due, and that says nothing for so long, is probed. */
  readonly probeAfterMs: number;
  /** A server is probed after this silence even if no reply is due. */
  readonly idleProbeAfterMs: number;
  /** A server that does not answer a probe within this time is called silent. */
  readonly answerWithinMs: number;
  /** A server that was silent for so long is given up. */
  readonly giveUpAfterMs: number;
}

export interface HeartbeatOptions {
  readonly timing: HeartbeatTiming;
  /** The silence of the server must be noticed soon, as a reply is due. */
  readonly awaitsReply: () => boolean;
  readonly probe: () => void;
  /** Called again and again while the server is silent. */
  readonly onSilence: (silentMs: number) => void;
  /** The server was silent, and answers again. */
  readonly onAnswer: () => void;
  readonly onGiveUp: (silentMs: number) => void;
}

/**
 * Finds servers that hang, and half-open connections: the other machine has disappeared without closing them.
 * TCP alone notices that after minutes or, if nothing is sent, never. A heartbeat runs from its construction
 * until `stop`, and begins with a probe.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #heardAt = performance.now();
  /** Undefined: all probes are answered. */
  #probedAt: number | undefined;
  #isSilent = false;
  #timer: NodeJS.Timeout | undefined;
  #judging: NodeJS.Immediate | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#probe();
    this.#schedule(options.timing.answerWithinMs);
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** Called for every chunk that arrives, so it must be cheap: it touches no timer. */
  heard(): void {
    this.#heardAt = performance.now();
    if (this.#probedAt === undefined) return;
    this.#probedAt = undefined;
    if (!this.#isSilent) return;
    this.#isSilent = false;
    this.#options.onAnswer();
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#judging);
  }

  #probe(): void {
    this.#probedAt = performance.now();
    this.#options.probe();
  }

  /**
   * An immediate runs after all sockets that are readable have been read: it may be this process that was
   * late, and then the answer is there.
   */
  #schedule(delayMs: number): void {
    this.#timer = setTimeout(
      () => {
        this.#judging = setImmediate(this.#judge);
      },
      Math.max(1, delayMs),
    );
  }

  readonly #judge = (): void => {
    const { probeAfterMs, answerWithinMs, giveUpAfterMs } = this.#options.timing;
    const now = performance.now();
    const silentMs = now - this.#heardAt;
    if (this.#probedAt === undefined) {
      const isDue = silentMs >= this.#probeAfterMs();
      if (isDue) this.#probe();
      this.#schedule(isDue ? answerWithinMs : nextLook(probeAfterMs, silentMs));
      return;
    }
    const unansweredMs = now - this.#probedAt;
    if (unansweredMs < answerWithinMs) this.#schedule(answerWithinMs - unansweredMs);
    else if (silentMs >= giveUpAfterMs) this.#options.onGiveUp(silentMs);
    else this.#goOnSilent(silentMs);
  };

  #goOnSilent(silentMs: number): void {
    const { answerWithinMs, giveUpAfterMs } = this.#options.timing;
    this.#schedule(Math.min(answerWithinMs, giveUpAfterMs - silentMs));
    this.#isSilent = true;
    this.#options.onSilence(silentMs);
  }

  /** Timers may be early by a part of a millisecond. */
  #probeAfterMs(): number {
    const { timing, awaitsReply } = this.#options;
    return (awaitsReply() ? timing.probeAfterMs : timing.idleProbeAfterMs) - 1;
  }
}

/** A reply may become due at any time, so the server is looked at every `probeAfterMs`. */
function nextLook(probeAfterMs: number, silentMs: number): number {
  return silentMs < probeAfterMs - 1 ? probeAfterMs - silentMs : probeAfterMs;
}
