export interface GrabWatchOptions {
  /** How long replies may be due. It is far above the time that a server takes that is well. */
  readonly patienceMs?: number;
  /** Called once for each time that the server lets us wait. */
  readonly onOverdue: () => void;
}

const PATIENCE_MS = 250;

/**
 * Notices that a job server leaves grabs without a reply. A server that is well replies at once, with a job
 * or with NO_JOB. So room for the job of an overdue grab need not be kept any longer. If the job comes all
 * the same, it waits for a slot.
 */
export class GrabWatch {
  readonly #patienceMs: number;
  readonly #onOverdue: () => void;
  /** The time of the last reply or, after a pause, of the first grab. Undefined: no reply is due. */
  #sinceMs: number | undefined;
  #isOverdue = false;
  #timer: NodeJS.Timeout | undefined;
  #judging: NodeJS.Immediate | undefined;

  constructor({ patienceMs = PATIENCE_MS, onOverdue }: GrabWatchOptions) {
    this.#patienceMs = patienceMs;
    this.#onOverdue = onOverdue;
  }

  get isOverdue(): boolean {
    return this.#isOverdue;
  }

  grabbed(): void {
    if (this.#sinceMs !== undefined) return;
    this.#sinceMs = performance.now();
    // A timer that runs is left to run: it costs nothing to look too early.
    this.#timer ??= setTimeout(this.#look, this.#patienceMs);
  }

  /** `isMoreDue`: other grabs have no reply yet. */
  replied(isMoreDue: boolean): void {
    this.#isOverdue = false;
    this.#sinceMs = isMoreDue ? performance.now() : undefined;
    if (isMoreDue) this.#timer ??= setTimeout(this.#look, this.#patienceMs);
  }

  /** No reply is due any more, as after the end of a connection. */
  stop(): void {
    this.#isOverdue = false;
    this.#sinceMs = undefined;
    clearTimeout(this.#timer);
    clearImmediate(this.#judging);
    this.#timer = undefined;
  }

  // An immediate runs after all sockets that are readable have been read: it may be us who were late.
  readonly #look = (): void => {
    this.#judging = setImmediate(this.#judge);
  };

  readonly #judge = (): void => {
    this.#timer = undefined;
    if (this.#sinceMs === undefined) return;
    const leftMs = this.#patienceMs - (performance.now() - this.#sinceMs);
    if (leftMs > 0) {
      this.#timer = setTimeout(this.#look, Math.max(1, leftMs));
      return;
    }
    this.#isOverdue = true;
    this.#onOverdue();
  };
}
