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

export function patienceOf(timeoutSeconds: number, signal: AbortSignal): Patience {
  return { signal, stageMs: (timeoutSeconds * 1000) / SHARE };
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

  #start(): void {
    const stage = this.#stage;
    const end = () => {
      if (this.#stage === stage)
        this.#onLate(new ServerSlow("the server is slow to let this process log in"));
    };
    // Where this process itself was late, the server's bytes may wait to be read. They are read before `end`.
    this.#timer = setTimeout(() => setImmediate(end), this.#stageMs);
  }
}
