import { setTimeout as pause } from "node:timers/promises";

/** The time, and how it passes. Tests have their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds since some moment. It goes on as it is while somebody sets the clock. */
  readonly elapsed: () => number;
  /** Ends early, without an error, when the signal says so. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export const REAL_CLOCK: Clock = {
  now: Date.now,
  elapsed: () => performance.now(),
  sleep: (ms, signal) => pause(ms, undefined, signal && { signal }).catch(() => {}),
};
