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

/** A shorter text would be found everywhere by accident. */
const MIN_LENGTH = 4;

/**
 * Replaces a login in the answer of a server, which may repeat what it was sent.
 *
 * @param header the value of the header with the login, such as `Basic …`, or a key
 */
export function withoutLogin(text: string, header: string): string {
  return listForms(header)
    .filter(({ length }) => length >= MIN_LENGTH)
    .reduce((masked, form) => masked.replaceAll(form, MASK), text);
}

function listForms(header: string): readonly string[] {
  const [, scheme = "", credentials = header] = /^(Basic|Bearer|Token) (.+)$/.exec(header) ?? [];
  if (scheme !== "Basic") return [credentials];
  const login = Buffer.from(credentials, "base64").toString("utf8");
  return [credentials, login.slice(login.indexOf(":") + 1)];
}
