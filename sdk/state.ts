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

/** Reads `OK`, `warning`, `2` …; undefined for anything else. */
export function readState(text: string): State | undefined {
  const state = STATE_NAMES.findIndex((name, at) => text.toUpperCase() === name || text === String(at));
  return isState(state) ? state : undefined;
}

/** The worst of several states as `max_state` of the plugins sees it: any known state covers UNKNOWN, which is where they begin. */
export function maxState(...states: readonly State[]): State {
  return highest([UNKNOWN, OK, WARNING, CRITICAL], states);
}

/** The worst of several states as `max_state_alt` of the plugins sees it: UNKNOWN is worse than OK. Of none: OK. */
export function maxStateAlt(...states: readonly State[]): State {
  return highest([OK, UNKNOWN, WARNING, CRITICAL], states);
}

function highest(order: readonly [State, ...State[]], states: readonly State[]): State {
  return states.reduce<State>((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a), order[0]);
}
