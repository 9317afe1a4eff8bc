import type { ByteString } from "../../byte-string.ts";

/** The first bytes of an output, and a word about the rest. */
export class HeadOfOutput {
  readonly #max: number;
  readonly #parts: string[] = [];
  #length = 0;

  constructor(max: number) {
    this.#max = max;
  }

  push(chunk: Buffer): void {
    const room = this.#max - this.#length;
    if (room > 0) this.#parts.push(chunk.toString("latin1", 0, Math.min(room, chunk.length)));
    this.#length += chunk.length;
  }

  get text(): ByteString {
    const text = this.#parts.join("");
    return this.#length <= this.#max ? text : `${text}\n[cut: ${this.#max} of ${this.#length} bytes]`;
  }
}
