/** A tool was called wrongly. The message says what is missing; the help follows it. */
export class CallError extends Error {
  override readonly name = "CallError";
}
