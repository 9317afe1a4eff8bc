import type { Clock } from "../../../../integrations/zulip/client/clock.ts";

/** A clock that nobody waits for: to sleep moves it. */
export class FakeClock implements Clock {
  /** Milliseconds since the epoch. */
  time = 1_795_419_000_000;
  readonly sleeps: number[] = [];

  /** By how much somebody has set it. */
  #setBy = 0;

  readonly now = () => this.time;
  readonly elapsed = () => this.time - this.#setBy;

  /** Sets it, forward or back. No time passes. */
  set(byMs: number): void {
    this.#setBy += byMs;
    this.time += byMs;
  }

  readonly sleep = async (ms: number) => {
    this.sleeps.push(ms);
    this.time += ms;
  };
}
