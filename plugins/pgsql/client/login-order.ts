import { type Body, IDLE, LETTER, unknown } from "./messages.ts";

/** Kinds of authentication: what a server asks for, step by step. */
const KIND = { ok: 0, password: 3, md5: 5, sasl: 10, saslContinue: 11, saslFinal: 12 } as const;

/** The kinds that may follow. After the last one the user is logged in. */
const FOLLOWING: ReadonlyMap<number, readonly number[]> = new Map([
  [KIND.ok, []],
  [KIND.password, [KIND.ok]],
  [KIND.md5, [KIND.ok]],
  [KIND.sasl, [KIND.saslContinue]],
  [KIND.saslContinue, [KIND.saslFinal]],
  [KIND.saslFinal, [KIND.ok]],
]);
const FIRST = [KIND.ok, KIND.password, KIND.md5, KIND.sasl];

/** Bytes of a message, without its letter and its length. */
const KIND_BYTES = 4;
const SIZES: ReadonlyMap<number, number> = new Map([
  [KIND.ok, KIND_BYTES],
  [KIND.password, KIND_BYTES],
  [KIND.md5, KIND_BYTES + 4],
]);
const KEY_BYTES = 8;
/** Before the login libpq takes a longer request, or a longer error, for another protocol. */
const MAX_REQUEST = 1_996;
const MAX_REFUSAL = 29_996;

const REQUESTS: readonly number[] = [LETTER.authentication, LETTER.error];
const OF_SESSION: readonly number[] = [
  LETTER.error,
  LETTER.notice,
  LETTER.parameter,
  LETTER.key,
  LETTER.ready,
];
const BEHIND: readonly number[] = [LETTER.parameter];

/**
 * The order of what a server says while a client logs in: requests for authentication one after the other,
 * then parameters, notices and the key of the session, then that it is ready. An error may come at any time.
 *
 * The driver takes messages in other orders, too, for which libpq has words of its own.
 */
export class LoginOrder {
  #next: readonly number[] = FIRST;
  #isReady = false;

  /** Declines a letter that has no place here: libpq does not wait for the rest of such a message. */
  requireLetter(letter: number): void {
    if (!this.#letters().includes(letter)) throw unknown();
  }

  /** Declines a message that has no place here. */
  require(letter: number, body: Body): void {
    this.requireLetter(letter);
    const size = body.end - body.start;
    if (letter === LETTER.authentication) this.#readRequest(body, size);
    else if (this.#next.length > 0 && size > MAX_REFUSAL) throw unknown();
    else if (letter === LETTER.key && size !== KEY_BYTES) throw unknown();
    else if (letter === LETTER.ready) this.#readReady(body, size);
  }

  #letters(): readonly number[] {
    if (this.#isReady) return BEHIND;
    return this.#next.length > 0 ? REQUESTS : OF_SESSION;
  }

  #readRequest({ data, start }: Body, size: number): void {
    if (size < KIND_BYTES || size > MAX_REQUEST) throw unknown();
    const kind = data.readInt32BE(start);
    const following = FOLLOWING.get(kind);
    if (!this.#next.includes(kind) || following === undefined) throw unknown();
    if (size !== (SIZES.get(kind) ?? size)) throw unknown();
    this.#next = following;
  }

  #readReady({ data, start }: Body, size: number): void {
    if (size !== 1 || data[start] !== IDLE) throw unknown();
    this.#isReady = true;
  }
}
