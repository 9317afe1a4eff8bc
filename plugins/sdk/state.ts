/** A plugin state as its return code: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. */
export type State = 0 | 1 | 2 | 3;

export const OK = 0;
export const WARNING = 1;
export const CRITICAL = 2;
export const UNKNOWN = 3;

/** The word plugins print for a state, by its return code. */
export const STATE_NAMES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"] as const;

export function isState(returnCode: number): returnCode is State {
  return returnCode === OK || returnCode === WARNING || returnCode === CRITICAL || returnCode === UNKNOWN;
}
