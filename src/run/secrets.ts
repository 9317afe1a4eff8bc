import type { ByteString } from "../byte-string.ts";
import type { Assignment } from "../executor/command.ts";

const MASK = "***";

/**
 * Options that take a secret in at least one plugin. The same option of another plugin is masked without
 * need, which does no harm. Long options may be abbreviated.
 */
const SHORT = /^-([1246ELNSVfjnqsv]*[ACPXabkp])(.*)$/s;
const LONG = /^--([a-z][a-z-]*)(?:=(.*))?$/s;
const LONG_NAMES = [
  "authorization",
  "authpasswd",
  "authpassword",
  "community",
  "header",
  "passwd",
  "password",
  "post",
  "privpasswd",
  "privpassword",
  "proxy-authorization",
  "secret",
  "token",
];
/** In most plugins `-p` is a port or a count, and `-P` a protocol. These values are not masked. */
const PLAIN_VALUES: Readonly<Record<string, RegExp>> = { p: /^[0-9]{1,5}$/, P: /^(?:[0-9]{1,3}|2c)$/ };

const URL_USER = /\/\/([^/@ ]+)@/g;
const SECRET_VARIABLE = /pass|secret|token|key|auth/i;
/** A shorter secret would be found in many places of an output by accident. */
const MIN_HIDDEN = 4;

/** The words of a command line without its secrets. */
export interface Masked {
  readonly words: readonly ByteString[];
  /** The words that were masked, or their parts. */
  readonly secrets: readonly ByteString[];
}

export function maskWords(words: readonly ByteString[]): Masked {
  const secrets: ByteString[] = [];
  const mask = (value: ByteString) => {
    secrets.push(value);
    return MASK;
  };
  let option: SecretOption | undefined;
  const shown = words.map((word) => {
    if (option !== undefined) {
      const { isPlain } = option;
      option = undefined;
      return isPlain(word) ? word : mask(word);
    }
    const found = readSecretOption(word);
    if (found === undefined) return word.replace(URL_USER, (_, user) => `//${mask(user)}@`);
    if (found.value !== undefined) return found.isPlain(found.value) ? word : found.head + mask(found.value);
    option = found;
    return word;
  });
  return { words: shown, secrets };
}

/** Masks a line that only a shell can read. Its words are guessed. */
export function maskLine(line: ByteString): ByteString {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^ \t\n'"])+/g) ?? [];
  return maskWords(words).words.map(maskVariable).join(" ");
}

export function maskAssignment([name, value]: Assignment): ByteString {
  return maskVariable(`${name}=${value}`);
}

/** Masks secrets of the command line in an output that repeats them. */
export function hideSecrets(text: ByteString, secrets: readonly ByteString[]): ByteString {
  return secrets
    .filter((secret) => secret.length >= MIN_HIDDEN)
    .reduce((shown, secret) => shown.replaceAll(secret, MASK), text);
}

function maskVariable(word: ByteString): ByteString {
  const name = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(word)?.[1];
  return name !== undefined && SECRET_VARIABLE.test(name) ? `${name}=${MASK}` : word;
}

interface SecretOption {
  /** The part of the word before the value. */
  readonly head: ByteString;
  /** Undefined: the next word is the value. */
  readonly value: ByteString | undefined;
  readonly isPlain: (value: ByteString) => boolean;
}

function readSecretOption(word: ByteString): SecretOption | undefined {
  const [, long, longValue] = LONG.exec(word) ?? [];
  if (long !== undefined) {
    const isSecret = LONG_NAMES.some((name) => name.startsWith(long));
    return isSecret ? { head: `--${long}=`, value: longValue, isPlain: () => false } : undefined;
  }
  const [, letters, rest] = SHORT.exec(word) ?? [];
  if (letters === undefined) return undefined;
  const plain = PLAIN_VALUES[letters.slice(-1)];
  return { head: `-${letters}`, value: rest || undefined, isPlain: (value) => plain?.test(value) ?? false };
}
