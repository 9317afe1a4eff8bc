import { inspect } from "node:util";

export const MASK = "****";

/** A key that shows as **** wherever it is printed, logged or turned into JSON. */
export class Secret {
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
  }

  /** The bytes themselves. Only the cipher may ask for them, never code that writes text. */
  reveal(): Buffer {
    return Buffer.from(this.#bytes);
  }

  equals(other: Secret): boolean {
    return this.#bytes.equals(other.#bytes);
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
