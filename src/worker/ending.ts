import { setTimeout as pause } from "node:timers/promises";
import { isEndedBySignal } from "../outcome/ended-by-signal.ts";
import type { JobRun } from "../run/run.ts";

/** How much later than the plugins the worker may notice a signal that was sent to all of them. */
const GRACE_MS = 250;

/**
 * The job has no result and gets no answer. gearmand gives it to another worker when the connection closes.
 */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/** Whether the worker is to end. */
export class Ending {
  #hasBegun = false;

  begin(): void {
    this.#hasBegun = true;
  }

  /**
   * Whether a run was cut off together with the worker. A service manager may send its signal to every
   * process of the service (systemd's KillMode=control-group): what plugins say then is no result.
   */
  hasCutOff({
    outcome,
    isNestedCutOff,
  }: Pick<JobRun, "outcome" | "isNestedCutOff">): boolean | Promise<boolean> {
    const isEnded = isNestedCutOff === true || isEndedBySignal(outcome);
    if (isEnded && !this.#hasBegun) return this.#begins();
    return this.#hasBegun && (isEnded || outcome.kind === "crashed");
  }

  async #begins(): Promise<boolean> {
    await pause(GRACE_MS);
    return this.#hasBegun;
  }
}
