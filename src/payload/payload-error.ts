/** What is wrong with a payload that cannot be read. */
export type PayloadErrorKind = "empty" | "not-base64" | "wrong-length" | "unreadable";

/** A payload that cannot be read. The message names the likely cause and its cure, never the payload. */
export class PayloadError extends Error {
  override readonly name = "PayloadError";
  readonly kind: PayloadErrorKind;

  constructor(kind: PayloadErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
