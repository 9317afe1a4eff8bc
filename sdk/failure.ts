import { type State, UNKNOWN } from "./state.ts";

/**
 * Throw it to end a check with this text and state (UNKNOWN by default), from any depth. Any other error that
 * is thrown counts as a fault of the check.
 */
export class CheckFailure extends Error {
  override readonly name = "CheckFailure";
  readonly state: State;

  constructor(text: string, state: State = UNKNOWN, options?: ErrorOptions) {
    super(text, options);
    this.state = state;
  }
}

/** What `CheckDeclined` takes besides its text. */
export interface DeclineOptions extends ErrorOptions {
  /** The answer of the check if there is no plugin. Without it that answer is UNKNOWN, with the reason. */
  readonly otherwise?: CheckFailure;
}

/**
 * Throw it to leave the answer to the plugin, from any depth, when this process cannot give it now: it has no
 * right to a raw socket, or the server speaks what only the plugin knows.
 *
 * The worker runs the plugin in the time that is left. It logs each reason from time to time, so the text is
 * a few fixed words without secrets or host names.
 */
export class CheckDeclined extends Error {
  override readonly name = "CheckDeclined";
  readonly otherwise: CheckFailure | undefined;

  constructor(reason: string, options: DeclineOptions = {}) {
    super(reason, options);
    this.otherwise = options.otherwise;
  }
}
