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
/** Kinds that the client answers. */
const WANT_ANSWER: readonly number[] = [KIND.password, KIND.md5, KIND.sasl, KIND.saslContinue];
/** Names of mechanisms, each with a NUL behind it, and one more. */
const MECHANISMS = /^(?:[^\0]+\0)+\0$/;

/** Bytes of a message, without its letter and its length. */
const KIND_BYTES = 4;
const SIZES: ReadonlyMap<number, number> = new Map([
  [KIND.ok, KIND_BYTES],
  [KIND.password, KIND_BYTES],
  [KIND.md5, KIND_BYTES + 4],
]);
const KEY_BYTES = 8;
/** Bytes of a length, which counts itself. */
const LENGTH = 4;
/** Before the login libpq takes what is shorter or longer for another protocol. A length counts itself. */
const LEAST = 8;
const MAX_REQUEST = 2_000;
const MAX_REFUSAL = 30_000;
/** Of other messages only these may be longer: libpq gives the connection up at once. */
const MAX_USUAL = 30_000;
const MAY_BE_LONG: readonly number[] = [..."TDdVENA"].map((name) => name.charCodeAt(0));

const REQUESTS: readonly number[] = [LETTER.authentication, LETTER.error];
const OF_SESSION: readonly number[] = [
  LETTER.error,
  LETTER.notice,
  LETTER.parameter,
  LETTER.key,
  LETTER.ready,
];
/** Messages that are read whatever a session does. */
const PRINTED: readonly number[] = [LETTER.notice, LETTER.notification];
const BEHIND: readonly number[] = [LETTER.parameter];

/** Declines a length for which libpq gives a session up. */
export function requireUsualSize(letter: number, length: number): void {
  if (length > MAX_USUAL && !MAY_BE_LONG.includes(letter)) throw unknown();
}

/**
 * The order of what a server says while a client logs in: requests for authentication one after the other,
 * then parameters, notices and the key of the session, then that it is ready. An error may come at any time.
 *
 * The driver takes messages in other orders, too, for which libpq has words of its own.
 */
export class LoginOrder {
  #next: readonly number[] = FIRST;
  #isReady = false;
  #wantsAnswer = false;

  /** Says that the client has sent something. */
  answer(): void {
    this.#wantsAnswer = false;
  }

  /**
   * Declines what libpq reads behind the error that ends a login: nothing, unless the server had let the user
   * in. Then it prints notices, and complains of lengths.
   */
  requireIgnored(letter: number, length: number): void {
    if (!this.#isAuthenticated) return;
    if (PRINTED.includes(letter) || length < LENGTH) throw unknown();
    requireUsualSize(letter, length);
  }

  /**
   * Declines a letter that has no place here: libpq does not wait for the rest of such a message. Nor does it
   * look at what is behind a request before it has answered, and its answer may be that it gives up.
   */
  requireLetter(letter: number): void {
    if (this.#wantsAnswer || !this.#letters().includes(letter)) throw unknown();
  }

  /** Declines a length that libpq does not wait for, and a letter that has no place here. */
  requireSize(letter: number, length: number): void {
    this.requireLetter(letter);
    if (this.#isAuthenticated) {
      requireUsualSize(letter, length);
      return;
    }
    const most = letter === LETTER.authentication ? MAX_REQUEST : MAX_REFUSAL;
    if (length < LEAST || length > most) throw unknown();
  }

  /** Declines a message that has no place here. */
  require(letter: number, body: Body): void {
    this.requireLetter(letter);
    const size = body.end - body.start;
    if (letter === LETTER.authentication) this.#readRequest(body, size);
    else if (letter === LETTER.key && size !== KEY_BYTES) throw unknown();
    else if (letter === LETTER.ready) this.#readReady(body, size);
  }

  #letters(): readonly number[] {
    if (this.#isReady) return BEHIND;
    return this.#isAuthenticated ? OF_SESSION : REQUESTS;
  }

  get #isAuthenticated(): boolean {
    return this.#next.length === 0;
  }

  #readRequest({ data, start, end }: Body, size: number): void {
    if (size < KIND_BYTES) throw unknown();
    const kind = data.readInt32BE(start);
    const following = FOLLOWING.get(kind);
    if (!this.#next.includes(kind) || following === undefined) throw unknown();
    if (size !== (SIZES.get(kind) ?? size)) throw unknown();
    if (kind === KIND.sasl && !MECHANISMS.test(data.toString("latin1", start + KIND_BYTES, end)))
      throw unknown();
    this.#next = following;
    this.#wantsAnswer = WANT_ANSWER.includes(kind);
  }

  #readReady({ data, start }: Body, size: number): void {
    if (size !== 1 || data[start] !== IDLE) throw unknown();
    this.#isReady = true;
  }
}
