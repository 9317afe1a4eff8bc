import { ApiError } from "./api-error.ts";

export interface Limit {
  readonly requests: number;
  readonly seconds: number;
}

/** How many requests a user may make: 200 in any minute, as a new Zulip allows. */
export class RateLimit {
  readonly #limit: Limit;
  readonly #now: () => number;
  readonly #times = new Map<number, number[]>();

  constructor(limit: Limit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** The headers of the reply. */
  count(userId: number): { readonly headers: Record<string, string>; readonly refused?: ApiError } {
    const { requests, seconds } = this.#limit;
    const now = this.#now() / 1000;
    const times = (this.#times.get(userId) ?? []).filter((time) => time > now - seconds);
    this.#times.set(userId, times);
    const first = times[0] ?? now;
    const isRefused = times.length >= requests;
    if (!isRefused) times.push(now);
    const headers = {
      "X-RateLimit-Limit": String(requests),
      "X-RateLimit-Remaining": String(requests - times.length),
      "X-RateLimit-Reset": String(Math.floor((times.at(-1) ?? now) + seconds)),
    };
    if (!isRefused) return { headers };
    const wait = first + seconds - now;
    const more = { "retry-after": wait };
    const refused = new ApiError("RATE_LIMIT_HIT", "API usage exceeded rate limit", { status: 429, more });
    return { headers: { ...headers, "Retry-After": String(wait) }, refused };
  }
}
