import { whenAborted } from "./deadline.ts";
import { CheckDeclined } from "./failure.ts";
import { Waits } from "./waits.ts";

export interface AdmissionOptions {
  /** What is admitted, for the reason when a check is left to the plugin: `ssh logins`. */
  readonly name: string;
  /** So many may be under way at a time. */
  readonly most: number;
  /**
   * After so many milliseconds one that is under way no longer counts: it waits for its server, and costs
   * nothing meanwhile. So servers that are slow or silent do not hold up the others.
   */
  readonly countsForMs: number;
  /** A check that has waited for so long is left to the plugin. */
  readonly patienceMs?: number;
}

/** The check has waited too long inside the worker. That says nothing about its target. */
export class Crowded extends CheckDeclined {}

/** After this time a plugin, which has a process of its own, is the quicker way. */
const PATIENCE_MS = 15_000;

/** Below this share of idle time the event loop is so busy that it is slow itself, not the server. */
const IDLE_SHARE = 0.1;
/** Even in a busy event loop one counts no longer than so many times `countsForMs`. */
const MAX_COUNTS = 10;

/**
 * Limits how much work of one dear kind is under way at a time, such as logins and handshakes. Each takes
 * milliseconds of the event loop in several steps. If a thousand begin together, each turn of the event loop
 * has a step of all of them, and a quick check, which needs a few turns, waits for seconds.
 *
 * The first to come is the first to enter. Waiting costs a check nothing of its time-out.
 */
export class Admission implements Disposable {
  readonly waits = new Waits();
  readonly #options: AdmissionOptions;
  readonly #waiting = new Set<() => void>();
  #underWay = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** How many are under way and count. */
  get underWay(): number {
    return this.#underWay;
  }

  /**
   * Resolves when the work may begin. The result is disposed of when the work has ended. Rejects with the
   * signal's reason, or with a CheckDeclined if it would take too long.
   */
  async enter(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#underWay >= this.#options.most) await this.#wait(signal);
    else this.#underWay += 1;
    return new Place(this.#options.countsForMs, () => this.#leave());
  }

  [Symbol.dispose](): void {
    this.#waiting.clear();
  }

  /** Waits for the place of another one. */
  async #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { name, patienceMs = PATIENCE_MS } = this.#options;
    const giveUp = (reason: unknown) => {
      this.#waiting.delete(resolve);
      reject(reason);
    };
    const timer = setTimeout(() => giveUp(new Crowded(`too many ${name} at a time`)), patienceMs);
    using _waiting = this.waits.begin(signal);
    using _leaving = whenAborted(signal, () => giveUp(signal.reason));
    this.#waiting.add(resolve);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The first that waits gets the place. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#underWay -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

/** The place of one that is under way. It is given up once: at its end, or when it no longer counts. */
class Place implements Disposable {
  readonly #ms: number;
  readonly #leave: () => void;
  #timer: NodeJS.Timeout;
  #idleMs = performance.nodeTiming.idleTime;
  #periods = 0;
  #isLeft = false;

  constructor(ms: number, leave: () => void) {
    this.#ms = ms;
    this.#leave = leave;
    this.#timer = setTimeout(this.#look, ms);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.#leave();
  }

  readonly #look = (): void => {
    const { idleTime } = performance.nodeTiming;
    const wasIdle = idleTime - this.#idleMs >= this.#ms * IDLE_SHARE;
    this.#periods += 1;
    this.#idleMs = idleTime;
    if (wasIdle || this.#periods >= MAX_COUNTS) this[Symbol.dispose]();
    else this.#timer = setTimeout(this.#look, this.#ms);
  };
}
