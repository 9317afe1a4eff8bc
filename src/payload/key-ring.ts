import type { ByteString } from "../byte-string.ts";
import { type Cipher, createCipher } from "./cipher.ts";

/** A text, and the cipher whose key has opened it. */
export interface OpenedBlocks {
  readonly text: ByteString;
  readonly cipher: Cipher;
}

/** Undefined: the bytes are no text, so the key was another one. */
export type ReadText = (bytes: Buffer) => ByteString | undefined;

/** Every ninth byte that a wrong key makes is one of these; texts of cores have none, or very few. */
const STRANGE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g;

/**
 * The keys that a payload may be sealed with. The one that opened the last payload is tried first, as most
 * payloads of a time have the same.
 *
 * The envelope has no checksum. One in some two thousand payloads looks like a text with a wrong key as well:
 * it begins with letters and `=`. So among several keys that give a text, the one counts whose text has the
 * fewest control characters.
 */
export class KeyRing {
  /** Of the first key, with which everything is sealed that answers no payload. */
  readonly first: Cipher;
  #ciphers: readonly Cipher[];

  constructor(first: Uint8Array, others: readonly Uint8Array[]) {
    this.first = createCipher(first);
    this.#ciphers = [this.first, ...others.map(createCipher)];
  }

  open(blocks: Buffer, read: ReadText): OpenedBlocks | undefined {
    const found = this.#find(blocks, read);
    if (found !== undefined && found.cipher !== this.#ciphers[0])
      this.#ciphers = [found.cipher, ...this.#ciphers.filter((each) => each !== found.cipher)];
    return found;
  }

  #find(blocks: Buffer, read: ReadText): OpenedBlocks | undefined {
    let best: OpenedBlocks | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const cipher of this.#ciphers) {
      const text = read(cipher.decrypt(blocks));
      if (text === undefined) continue;
      if (this.#ciphers.length === 1) return { text, cipher };
      const strange = text.match(STRANGE)?.length ?? 0;
      if (strange === 0) return { text, cipher };
      if (strange < fewest) best = { text, cipher };
      fewest = Math.min(fewest, strange);
    }
    return best;
  }
}
