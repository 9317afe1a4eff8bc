/**
 * What is wrong with a payload that cannot be read. Each text has a kind of its own, so that a log can be
 * throttled by it.
 */
export const PAYLOAD_ERROR_KINDS = [
  "empty",
  "not-base64",
  "wrong-length",
  "wrong-key",
  "clear-text",
  "encrypted",
  "foreign",
] as const;

export type PayloadErrorKind = (typeof PAYLOAD_ERROR_KINDS)[number];

/** A payload that cannot be read. The message names the likely cause and its cure, never the payload. */
export class PayloadError extends Error {
  override readonly name = "PayloadError";
  readonly kind: PayloadErrorKind;

  constructor(kind: PayloadErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
