import type { Clock } from "../../../../integrations/zulip/client/clock.ts";

/** A clock that nobody waits for: to sleep moves it. */
export class FakeClock implements Clock {
  /** Milliseconds since the epoch. */
  time = 1_795_419_000_000;
  readonly sleeps: number[] = [];

  readonly now = () => this.time;

  readonly sleep = async (ms: number) => {
    this.sleeps.push(ms);
    this.time += ms;
  };
}
