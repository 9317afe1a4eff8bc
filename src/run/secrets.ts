import type { ByteString } from "../byte-string.ts";
import type { Assignment } from "../executor/command.ts";
import {
  isValueOfDatabase,
  mayBePassword,
  NO_SECRET,
  readSecretOption,
  SECRET_NAME,
  type SecretOption,
} from "./secret-options.ts";

const MASK = "***";

/** `scheme://user:password@` */
const URL_USER = /(?<=\/\/)([^/@\s]+)(?=@)/g;
/** A field of a text, such as `token=x` in a URL, `"password": "x"` or `Authorization: Bearer x`. */
const FIELD = new RegExp(
  `(?:${SECRET_NAME.source})(?:[\\w.-]{0,40}(?<!${NO_SECRET.source.slice(0, -1)}))["']?\\s{0,4}[=:]\\s{0,4}["']?(?:(?:bearer|basic|digest|token)\\s+)?([^\\s&;,"'<>{}|]+)`,
  "gi",
);
const URL_PATTERN = /https?:\/\/[^\s"'<>]+/g;
/** A part of a URL's path that people did not choose: the address of a webhook is its secret. */
const RANDOM_PART = /^(?=.*[0-9])(?=.*[A-Za-z])[\w:@-]{20,}$/;

/** A shorter secret would be found in many places of an output by accident. */
const MIN_HIDDEN = 4;
/** A word may be a command line of its own, as in `sh -c "…"`. */
const MAX_DEPTH = 3;

/** The words of a command line without its secrets. */
export interface Masked {
  readonly words: readonly ByteString[];
  /** The words that were masked, or their parts. */
  readonly secrets: readonly ByteString[];
}

/** A command line without its secrets. */
export interface MaskedLine {
  readonly line: ByteString;
  readonly secrets: readonly ByteString[];
}

export function maskWords(words: readonly ByteString[]): Masked {
  const masker = createMasker(0);
  return { words: words.map(masker.mask), secrets: masker.secrets };
}

/** A word of a shell's line, with its quotes. A quote that is not closed stands for itself. */
const WORD = /(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^ \t\n])+/gs;

/** Masks a line as it is written. A shell may read it in another way: its words are guessed. */
export function maskLine(line: ByteString, depth = 0): MaskedLine {
  const masker = createMasker(depth);
  const shown = line.replace(WORD, (written) => {
    const word = written.replace(/\\(.)|['"]/gs, "$1");
    const masked = masker.mask(word);
    return masked === word ? written : masked;
  });
  return { line: shown, secrets: masker.secrets };
}

export function maskAssignment([name, value]: Assignment): ByteString {
  return createMasker(0).mask(`${name}=${value}`);
}

/** Masks secrets of the command line in an output that repeats them. */
export function hideSecrets(text: ByteString, secrets: readonly ByteString[]): ByteString {
  return secrets
    .filter((secret) => secret.length >= MIN_HIDDEN)
    .reduce((shown, secret) => shown.replaceAll(secret, MASK), text);
}

/** Masks the words of one command line, one after the other. */
function createMasker(depth: number) {
  const secrets: ByteString[] = [];
  let option: SecretOption | undefined;
  let plugin: ByteString | undefined;
  let before = "";
  const hide = (secret: ByteString) => {
    secrets.push(secret);
    return MASK;
  };
  const hideValue = ({ secretOf }: SecretOption, value: ByteString) => {
    const secret = secretOf(value);
    return secret === undefined ? maskText(value) : value.replace(secret, () => hide(secret));
  };
  const maskText = (word: ByteString): ByteString => {
    if (/\s/.test(word) && depth < MAX_DEPTH) {
      const inner = maskLine(word, depth + 1);
      secrets.push(...inner.secrets);
      return maskFields(inner.line, hide);
    }
    return maskFields(word, hide);
  };
  const mask = (word: ByteString): ByteString => {
    const [pending, last] = [option, before];
    [option, before] = [undefined, word];
    if (isProgram(word, last, plugin)) plugin = word;
    if (pending !== undefined) return hideValue(pending, word);
    if (mayBePassword(word, last, plugin ?? "")) return hide(word);
    const found = readSecretOption(word, plugin ?? "");
    if (found === undefined) return maskVariable(word, hide) ?? maskText(word);
    if (found.value !== undefined) return found.head + hideValue(found, found.value);
    option = found;
    return word;
  };
  return { secrets, mask };
}

type Hide = (secret: ByteString) => ByteString;

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s;

/** Whether the words behind this one are those of another program, as behind a wrapper. */
function isProgram(word: ByteString, before: ByteString, plugin: ByteString | undefined): boolean {
  if (ASSIGNMENT.test(word)) return false;
  return plugin === undefined || (word.startsWith("/") && !isValueOfDatabase(before, plugin));
}

/** `PGPASSWORD=x`: the whole value is the secret, also one with blanks. */
function maskVariable(word: ByteString, hide: Hide): ByteString | undefined {
  const [, name, value] = ASSIGNMENT.exec(word) ?? [];
  if (name === undefined || value === undefined || value === "" || !SECRET_NAME.test(name)) return undefined;
  return `${name}=${hide(value)}`;
}

function maskFields(text: ByteString, hide: Hide): ByteString {
  const withoutFields = text.replace(FIELD, (field: string, secret: ByteString) =>
    secret.startsWith(MASK) ? field : field.slice(0, -secret.length) + hide(secret),
  );
  return withoutFields
    .replace(URL_USER, (user: ByteString) => (user === MASK ? user : hide(user)))
    .replace(URL_PATTERN, (url) => {
      const [scheme = "", none = "", host = "", ...parts] = url.split("/");
      const shown = parts.map((part) => (RANDOM_PART.test(part) ? hide(part) : part));
      return [scheme, none, host, ...shown].join("/");
    });
}
