/** A plugin state as its return code: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. */
export type State = 0 | 1 | 2 | 3;

/** The state of what works: return code 0. */
export const OK = 0;
/** The state of what has passed its warning threshold: return code 1. */
export const WARNING = 1;
/** The state of what has passed its critical threshold or has failed: return code 2. */
export const CRITICAL = 2;
/** The state of what could not be checked: return code 3. */
export const UNKNOWN = 3;

/** The words that plugins print for the states, by return code: `STATE_NAMES[CRITICAL]` is `CRITICAL`. */
export const STATE_NAMES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"] as const;

/** Whether the return code is one of the four states. */
export function isState(returnCode: number): returnCode is State {
  return returnCode === OK || returnCode === WARNING || returnCode === CRITICAL || returnCode === UNKNOWN;
}

/**
 * Reads a state by its name in any case or by its number: `OK`, `warning`, `2`. Undefined for any other text.
 */
export function readState(text: string): State | undefined {
  const state = STATE_NAMES.findIndex((name, at) => text.toUpperCase() === name || text === String(at));
  return isState(state) ? state : undefined;
}

/**
 * The worst of several states, in the order of `max_state` of the plugins: UNKNOWN, OK, WARNING, CRITICAL.
 * UNKNOWN is the least, and the result for no states.
 */
export function maxState(...states: readonly State[]): State {
  return highest([UNKNOWN, OK, WARNING, CRITICAL], states);
}

/**
 * The worst of several states, in the order of `max_state_alt` of the plugins: OK, UNKNOWN, WARNING,
 * CRITICAL. OK is the result for no states. Only the worker's own checks use it.
 */
export function maxStateAlt(...states: readonly State[]): State {
  return highest([OK, UNKNOWN, WARNING, CRITICAL], states);
}

function highest(order: readonly [State, ...State[]], states: readonly State[]): State {
  return states.reduce<State>((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a), order[0]);
}
