import { MAX_TIMEOUT_MS } from "../../../sdk/deadline.ts";
import { CheckDeclined } from "../../../sdk/index.ts";

/** The server takes so long that the plugin is given the rest of the time. It may be slow for a while. */
export class ServerSlow extends CheckDeclined {}

/** How long a connection may take until it is logged in. */
export interface Patience {
  readonly signal: AbortSignal;
  /**
   * Time for each stage of a login: until the server's first packet, until the keys are exchanged, and until
   * the key is accepted. A server that takes longer may still end the connection, of which only ssh has the
   * words, so the plugin gets the time that is left.
   */
  readonly stageMs: number;
}

/** The share of a check's time-out that one stage of a login may take. */
const SHARE = 8;
/** A timer that is later than this shows that other work has held up the event loop. */
const MAX_LATE_MS = 20;

export function patienceOf(timeoutSeconds: number, signal: AbortSignal): Patience {
  return { signal, stageMs: Math.min((timeoutSeconds * 1000) / SHARE, MAX_TIMEOUT_MS) };
}

/** Calls `onLate` when a stage of a login takes too long. */
export class LoginClock implements Disposable {
  readonly #stageMs: number;
  readonly #onLate: (reason: ServerSlow) => void;
  #timer: NodeJS.Timeout | undefined;
  #stage: number | "over" = 0;

  constructor(stageMs: number, onLate: (reason: ServerSlow) => void) {
    this.#stageMs = stageMs;
    this.#onLate = onLate;
    this.#start();
  }

  /** The server has taken the next step. */
  nextStage(): void {
    if (this.#stage === "over") return;
    this.#stage += 1;
    clearTimeout(this.#timer);
    this.#start();
  }

  [Symbol.dispose](): void {
    this.#stage = "over";
    clearTimeout(this.#timer);
  }

  #start(ms = this.#stageMs): void {
    const stage = this.#stage;
    const endsAt = performance.now() + ms;
    const end = () => {
      if (this.#stage !== stage) return;
      // The time in which this process did nothing for the login does not count.
      const lateMs = performance.now() - endsAt;
      if (lateMs > MAX_LATE_MS) this.#start(lateMs);
      else this.#onLate(new ServerSlow("the server is slow to let this process log in"));
    };
    this.#timer = setTimeout(end, ms);
  }
}
