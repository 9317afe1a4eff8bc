import type { Command } from "./command-text.ts";
import type { Outcome } from "./outcome.ts";
import type { Shell } from "./shell.ts";

/** How often running plugins are looked at: time-outs, and output that could fill a pipe. */
export const LOOK_MS = 25;

/** One command under way. Times are `performance.now()`. */
export interface Run {
  readonly command: Command;
  readonly timeout: number;
  readonly resolve: (outcome: Outcome) => void;
  shell: Shell | undefined;
  deadlineMs: number;
  nextLookMs: number;
  lookGapMs: number;
  /** Told by the shell; the run is over when its output has ended, too. */
  returnCode: number | undefined;
}

/** `timeout` in seconds; it counts from now, so a run that waits for a shell uses up its time. */
export function createRun(command: Command, timeout: number, resolve: Run["resolve"]): Run {
  return {
    command,
    timeout,
    resolve,
    shell: undefined,
    deadlineMs: performance.now() + timeout * 1000,
    nextLookMs: 0,
    lookGapMs: LOOK_MS,
    returnCode: undefined,
  };
}

export function crashed(message: string): Outcome {
  return { kind: "crashed", error: new Error(message) };
}
