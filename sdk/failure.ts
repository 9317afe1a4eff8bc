import { type State, UNKNOWN } from "./state.ts";

/** Ends a check with this text and state from any depth. Anything else thrown is a fault of the check itself. */
export class CheckFailure extends Error {
  override readonly name = "CheckFailure";
  readonly state: State;

  constructor(text: string, state: State = UNKNOWN, options?: ErrorOptions) {
    super(text, options);
    this.state = state;
  }
}

/**
 * Leaves the answer to the plugin after all, from any depth: this process cannot give it here and now (no right to a raw socket, a
 * server that speaks what only the plugin knows). The worker runs the plugin in the time that is left, and logs each reason once in
 * a while: a few fixed words, without secrets or names of hosts.
 */
export class CheckDeclined extends Error {
  override readonly name = "CheckDeclined";
}
