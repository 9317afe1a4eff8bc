/** What is wrong with a request, in words for the person who sent it. */
export class ControlError extends Error {
  override readonly name = "ControlError";
}
