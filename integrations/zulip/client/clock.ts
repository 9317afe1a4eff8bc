import { setTimeout as pause } from "node:timers/promises";

/** The time, and how it passes. Tests have their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ends early, without an error, when the signal says so. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export const REAL_CLOCK: Clock = {
  now: Date.now,
  sleep: (ms, signal) => pause(ms, undefined, signal && { signal }).catch(() => {}),
};
