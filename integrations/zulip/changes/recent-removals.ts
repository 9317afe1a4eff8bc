import type { Target } from "../../backends/backend.ts";
import { keyOfTarget } from "../../backends/changes/marks.ts";
import type { Clock } from "../client/clock.ts";

/** A monitoring shows a removal within seconds. */
const WITHIN_MS = 60_000;
/** Nobody asks for those that are older. */
const KEPT_MS = 3 * 3_600_000;

/** What the bot itself has taken back just now: the monitoring does not tell who it was. */
export class RecentRemovals {
  readonly #clock: Clock;
  readonly #times = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(target: Target): void {
    const now = this.#clock.elapsed();
    for (const [key, at] of this.#times) if (now - at > KEPT_MS) this.#times.delete(key);
    this.#times.set(keyOfTarget(target), now);
  }

  /** `lateMs`: so long after that it is seen. */
  has(target: Target, lateMs: number): boolean {
    const at = this.#times.get(keyOfTarget(target));
    return at !== undefined && this.#clock.elapsed() - at <= WITHIN_MS + lateMs;
  }
}
