import { NO_SECRET, SECRET_NAME } from "../../sdk/words/secret.ts";
import type { ByteString } from "../byte-string.ts";

export const MASK = "***";

/** Gives what is shown in place of a secret. */
export type Hide = (secret: ByteString) => ByteString;

/** `scheme://user:password@`. A password may have an `@`; one with a slash is told from a port. */
const URL_USER = /(?<=\/\/)(?:[^/\s@:]+:(?![0-9]+(?:\/|$))[^\s]{0,200}|[^/\s]*)(?=@)/g;
/** A field of a text, such as `token=x` in a URL, `"password": "x"` or `Authorization: Bearer x`. */
const FIELD = new RegExp(
  `(?:${SECRET_NAME.source})(?:[\\w.-]{0,40}(?<!${NO_SECRET.source.slice(0, -1)}))["']?\\s{0,4}[=:]\\s{0,4}["']?(?:(?:bearer|basic|digest|token)\\s+)?([^\\s&;,"'<>{}|]+)`,
  "gi",
);
/** The same with a value in quotes, which may have blanks: `password='a b'`. */
const QUOTED_FIELD = new RegExp(
  `(?:${SECRET_NAME.source})[\\w.-]{0,40}["']?\\s{0,4}[=:]\\s{0,4}(?:"([^"]{1,500})"|'([^']{1,500})')`,
  "gi",
);
const URL_PATTERN = /https?:\/\/[^\s"'<>]+/g;
/** A part of a URL's path that people did not choose: the address of a webhook is its secret. */
const RANDOM_PART = /^(?=.*[0-9])(?=.*[A-Za-z])[\w:@-]{20,}$/;

export const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s;

/** `PGPASSWORD=x`: the whole value is the secret, also one with blanks. */
export function maskVariable(word: ByteString, hide: Hide): ByteString | undefined {
  const [, name, value] = ASSIGNMENT.exec(word) ?? [];
  if (name === undefined || value === undefined || value === "") return undefined;
  return SECRET_NAME.test(name) && !NO_SECRET.test(name) ? `${name}=${hide(value)}` : undefined;
}

/** A reference `$SECRET:name$`, without its first character. */
const REFERENCE = /^SECRET:[\w.-]+\$/;

/** Masks what looks like a secret inside a text. */
export function maskFields(text: ByteString, hide: Hide): ByteString {
  const isMasked = (secret: ByteString) => secret.startsWith(MASK) || secret.startsWith("$SECRET:");
  const hideField = (field: string, secret: ByteString) =>
    isMasked(secret) || REFERENCE.test(field) ? field : field.slice(0, -secret.length) + hide(secret);
  return text
    .replace(QUOTED_FIELD, (field: string, double?: ByteString, single?: ByteString) => {
      const secret = double ?? single ?? "";
      return isMasked(secret) ? field : field.slice(0, -secret.length - 1) + hide(secret) + field.slice(-1);
    })
    .replace(FIELD, hideField)
    .replace(URL_USER, (user: ByteString) => (user === "" || user === MASK ? user : hide(user)))
    .replace(URL_PATTERN, maskPath(hide));
}

function maskPath(hide: Hide) {
  return (url: string): string => {
    const [scheme = "", none = "", host = "", ...parts] = url.split("/");
    const shown = parts.map((part) => (RANDOM_PART.test(part) ? hide(part) : part));
    return [scheme, none, host, ...shown].join("/");
  };
}
