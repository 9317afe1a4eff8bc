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
