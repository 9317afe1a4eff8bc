import type { Clock } from "./clock.ts";

/** The share of the allowed requests that is left for others with the same key: a bot, a script. */
const RESERVE = 0.1;
const LEAST_RESERVE = 5;
/** A server that says nothing about its limit. */
const MAX_WAIT_MS = 60_000;
/** A longer wait is a mistake of the server, and no timer keeps one of weeks. */
const MAX_HOLD_MS = 3_600_000;

/**
 * Slows requests down before Zulip refuses them. Each reply tells how many more are allowed (200 a minute on
 * a new server). When few are left, the rest is spread over the time until the window is over.
 */
export class RequestPace {
  readonly #clock: Clock;
  #limit = Number.POSITIVE_INFINITY;
  #remaining = Number.POSITIVE_INFINITY;
  /** As `elapsed` tells it. */
  #resetAt = 0;
  #notBefore = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many requests may follow without a wait. */
  get free(): number {
    return Math.max(0, this.#remaining - this.#reserve);
  }

  get #reserve(): number {
    return Number.isFinite(this.#limit) ? Math.max(LEAST_RESERVE, this.#limit * RESERVE) : 0;
  }

  async wait(signal?: AbortSignal): Promise<void> {
    const ms = this.#waitMs();
    if (ms > 0) await this.#clock.sleep(ms, signal);
  }

  #waitMs(): number {
    const now = this.#clock.elapsed();
    const forced = this.#notBefore - now;
    if (this.free > 0) return forced;
    const spread = (this.#resetAt - now) / Math.max(1, this.#remaining);
    return Math.max(forced, Math.min(spread, MAX_WAIT_MS));
  }

  /** What the headers of a reply say. */
  note(headers: Headers): void {
    const limit = readNumber(headers, "X-RateLimit-Limit");
    const remaining = readNumber(headers, "X-RateLimit-Remaining");
    const reset = readNumber(headers, "X-RateLimit-Reset");
    if (limit === undefined || remaining === undefined || reset === undefined) return;
    this.#limit = limit;
    this.#remaining = remaining;
    this.#resetAt = this.#clock.elapsed() + reset * 1_000 - this.#serverTime(headers);
  }

  /** No request before this time has passed, an hour at most. */
  hold(ms: number): void {
    this.#notBefore = Math.max(this.#notBefore, this.#clock.elapsed() + Math.min(ms, MAX_HOLD_MS));
  }

  /** Without its time the server's clock is taken to be ours. */
  #serverTime(headers: Headers): number {
    const told = Date.parse(headers.get("Date") ?? "");
    return Number.isNaN(told) ? this.#clock.now() : told;
  }
}

/** A float, as `Retry-After: 38.79` is. */
export function readNumber(headers: Headers, name: string): number | undefined {
  const text = headers.get(name);
  const number = Number(text);
  return text === null || text.trim() === "" || !Number.isFinite(number) ? undefined : number;
}
