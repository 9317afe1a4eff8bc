import type { Outcome } from "./outcome.ts";

/** HUP, INT, KILL and TERM: what service managers send to end a service with all its processes. */
const ENDING_SIGNALS: readonly number[] = [1, 2, 9, 15];
/** A shell tells signal n as the return code 128 + n. */
const FIRST_SIGNAL = 128;

/**
 * Whether the command was ended by such a signal, or said that it was. A worker that is to end at the same
 * time does not know the state of what the command was to check.
 */
export function isEndedBySignal(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case "signalled":
      return ENDING_SIGNALS.includes(outcome.signal);
    case "exited":
      return ENDING_SIGNALS.includes(outcome.returnCode - FIRST_SIGNAL);
    case "not-compiled":
    case "timed-out":
    case "refused":
    case "too-old":
    case "not-started":
    case "crashed":
      return false;
  }
}
