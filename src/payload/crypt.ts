import type { ByteString } from "../byte-string.ts";
import { decodeBase64 } from "./base64.ts";
import { BLOCK_LENGTH, type Cipher } from "./cipher.ts";
import { KeyRing, type ReadText } from "./key-ring.ts";
import { pad, unpaddedLength } from "./padding.ts";
import { PayloadError } from "./payload-error.ts";

/** mod_gearman's envelope. It converts the texts of jobs and results to workloads of gearmand, and back. */
export interface Envelope {
  /** Gives the text without padding and final line feeds. Throws PayloadError, and no other error. */
  readonly open: (workload: Buffer) => ByteString;
  /** The same, with what seals an answer: whoever has sent the payload can open it. */
  readonly openToAnswer: (workload: Buffer) => Opened;
  /** Seals with the first key. */
  readonly seal: Seal;
}

export type Seal = (text: ByteString) => Buffer;

export interface Opened {
  readonly text: ByteString;
  /** Seals with the key that has opened the payload. */
  readonly seal: Seal;
}

export interface EnvelopeOptions {
  readonly encryption: boolean;
  /** 32 bytes. It is needed if `encryption` is on. */
  readonly key?: Uint8Array | undefined;
  /** More keys that payloads may be sealed with. */
  readonly accepted?: readonly Uint8Array[];
  /** How every text begins: by it a text is told from what a wrong key makes. Without it as one of a job. */
  readonly begins?: RegExp;
}

/**
 * Every text of mod_gearman begins with a field. The C worker accepts any field, so it need not be `type=`.
 */
const FIRST_FIELD = /^[a-z_]{1,64}=/;

export function createEnvelope(options: EnvelopeOptions): Envelope {
  const { encryption, key, accepted = [], begins = FIRST_FIELD } = options;
  const read = (bytes: Buffer) => readText(bytes, begins);
  if (!encryption) return createClear(read);
  if (key === undefined) throw new TypeError("encryption is on, but there is no key");
  return createEncrypted(new KeyRing(key, accepted), read);
}

function createEncrypted(keys: KeyRing, read: ReadText): Envelope {
  const open = (workload: Buffer) => {
    const blocks = readBlocks(workload, read);
    const opened = keys.open(blocks, read);
    if (opened === undefined) throw read(blocks) === undefined ? wrongKey() : clearButExpectedEncrypted();
    return opened;
  };
  return {
    open: (workload) => open(workload).text,
    openToAnswer(workload) {
      const { text, cipher } = open(workload);
      return { text, seal: (answer) => sealWith(cipher, answer) };
    },
    seal: (text) => sealWith(keys.first, text),
  };
}

function sealWith(cipher: Cipher, text: ByteString): Buffer {
  return encodeBase64(cipher.encrypt(pad(text)));
}

/** `encryption=no`. The core sends the text in base64; people who send it by hand may send the bare text. */
function createClear(read: ReadText): Envelope {
  const open = (workload: Buffer) => openClear(workload, read);
  return {
    open,
    openToAnswer: (workload) => ({ text: open(workload), seal: sealClear }),
    seal: sealClear,
  };
}

function openClear(workload: Buffer, read: ReadText): ByteString {
  const bytes = decodeBase64(workload);
  if (bytes?.length === 0) throw empty();
  const text = read(bytes ?? workload);
  if (text !== undefined) return text;
  throw bytes === undefined ? notBase64() : encryptedButExpectedClear(bytes);
}

function sealClear(text: ByteString): Buffer {
  return encodeBase64(Buffer.from(text, "latin1"));
}

function readBlocks(workload: Buffer, read: ReadText): Buffer {
  const bytes = decodeBase64(workload);
  if (bytes === undefined) throw read(workload) === undefined ? notBase64() : clearButExpectedEncrypted();
  if (bytes.length === 0) throw empty();
  if (bytes.length % BLOCK_LENGTH !== 0) {
    throw read(bytes) === undefined ? wrongLength(bytes.length) : clearButExpectedEncrypted();
  }
  return bytes;
}

function readText(bytes: Buffer, begins: RegExp): ByteString | undefined {
  const text = bytes.toString("latin1", 0, unpaddedLength(bytes));
  return begins.test(text) ? text : undefined;
}

function encodeBase64(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("base64"), "latin1");
}

function empty(): PayloadError {
  return new PayloadError("empty", "payload is empty: not sent by mod_gearman?");
}

function notBase64(): PayloadError {
  return new PayloadError("not-base64", "payload is not base64: not sent by mod_gearman?");
}

function wrongLength(length: number): PayloadError {
  return new PayloadError(
    "wrong-length",
    `payload has ${length} bytes, encrypted ones have a multiple of ${BLOCK_LENGTH}: cut off on the way, or not encrypted by mod_gearman?`,
  );
}

function wrongKey(): PayloadError {
  return new PayloadError(
    "wrong-key",
    "payload is unreadable after decryption: wrong key? key= or keyfile= must be the same here and in the core, or one of accepted_keyfile=",
  );
}

function clearButExpectedEncrypted(): PayloadError {
  return new PayloadError(
    "clear-text",
    "payload is clear text, but encryption is on here: is encryption off in the core? Set encryption=no here or encryption=yes there",
  );
}

function encryptedButExpectedClear(bytes: Buffer): PayloadError {
  const isEncrypted = bytes.length % BLOCK_LENGTH === 0;
  const cause = isEncrypted
    ? "is it encrypted by the core? encryption is off here: set encryption=yes and the key here, or encryption=no there"
    : "not sent by mod_gearman?";
  const text = `payload is base64, but no text of mod_gearman: ${cause}`;
  return new PayloadError(isEncrypted ? "encrypted" : "foreign", text);
}
