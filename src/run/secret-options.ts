import type { ByteString } from "../byte-string.ts";

/** An option of a plugin that takes a secret in at least one plugin. */
export interface SecretOption {
  /** The part of the word before the value. */
  readonly head: ByteString;
  /** Undefined: the next word is the value. */
  readonly value: ByteString | undefined;
  /** The part of the value that must not be shown. Undefined: this value is no secret. */
  readonly secretOf: (value: ByteString) => ByteString | undefined;
}

/** A name of an option, variable or field of a text that means a secret. */
export const SECRET_NAME =
  /pass(?!ive)|pwd|secret|token|key|auth|cred|cookie|community|psk|signature|(?<![a-z])pw(?![a-z])/i;

/**
 * Short options, some behind others that take no value. The same option of another plugin is masked without
 * need, which does no harm.
 */
const SHORT = /^-([1246ELNSVfjnqsv]*([ACPUWXabkpsux]))(.*)$/s;
const LONG = /^--([A-Za-z][\w.-]*)(?:=(.*))?$/s;
/** Some programs give long options one dash. */
const LONG_WITH_ONE_DASH = /^-(pw|pass(?:wd|word)?|pwd|secret|token|community|auth|api-?key)(?:=(.*))?$/s;
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
/** Names of options that contain the word for a secret, but take something else. */
export const NO_SECRET = /(?:file|path|dir|protocol|proto|type|method|level)$/i;
const USER = /^(?:proxy-)?user(?:name|pwd)?$/;

/**
 * What these letters are in most plugins, which is not masked: `-p` a port or a count, `-P` a protocol, `-W`
 * a threshold, `-x` a path or a cipher.
 */
const PLAIN_VALUES: Readonly<Record<string, RegExp>> = {
  p: /^[0-9]{1,5}$/,
  P: /^(?:[0-9]{1,3}|2c)$/,
  W: /^[-+0-9.,:;@~%]*[kmgt]?b?$/i,
  x: /^(?:\/.*|aes.*|3?des)$/is,
};
/** It takes the password with a letter that is a harmless option of nearly all other plugins. */
const PLUGIN_WITH_S = /(?:^|\/)check_nt$/;
/** They take the password with the letter that is a port elsewhere, and the port with another. */
const PLUGIN_WITH_P = /(?:^|\/)check_(?:mysql(?:_query)?|pgsql)$/;

const PLUGIN_WITH_WORDS = /(?:^|\/)check_mysql$/;
/** The options of that plugin whose value is the next word. */
const TAKES_WORD = /^(?:-[lvnS]*[HPsdupwcfgakCDL]|--(?!ssl|check|ig|ve)[a-z-]+)$/;

/**
 * Whether a word that is no option may be a password: check_mysql takes host, user and password in this
 * order, as far as no option says them. Only the host right behind the program is known to be none.
 *
 * @param before the word before it
 */
export function mayBePassword(word: ByteString, before: ByteString, plugin: ByteString): boolean {
  if (!PLUGIN_WITH_WORDS.test(plugin) || word === plugin || /^(?:-|$)/.test(word)) return false;
  return before !== plugin && !TAKES_WORD.test(before);
}

/** Whether a word is the value of an option, though it may look like a program: `-s /run/x.sock`. */
export function isValueOfDatabase(before: ByteString, plugin: ByteString): boolean {
  return PLUGIN_WITH_P.test(plugin) && TAKES_WORD.test(before);
}

/** `plugin` is the program that the word belongs to. */
export function readSecretOption(word: ByteString, plugin: ByteString): SecretOption | undefined {
  const [, long, longValue] = LONG.exec(word) ?? [];
  if (long !== undefined) return readLong(long, longValue);
  const [, single, singleValue] = LONG_WITH_ONE_DASH.exec(word) ?? [];
  if (single !== undefined) return { head: `-${single}=`, value: singleValue, secretOf: whole };
  const [, letters, letter = "", rest] = SHORT.exec(word) ?? [];
  if (letters === undefined || (letter === "s" && !PLUGIN_WITH_S.test(plugin))) return undefined;
  if (letter === "P" && PLUGIN_WITH_P.test(plugin)) return undefined;
  const isPassword = letter === "p" && PLUGIN_WITH_P.test(plugin);
  const secretOf = isPassword ? whole : secretOfLetter(letter);
  return { head: `-${letters}`, value: rest || undefined, secretOf };
}

function readLong(name: string, value: ByteString | undefined): SecretOption | undefined {
  const option = { head: `--${name}=`, value };
  if (USER.test(name)) return { ...option, secretOf: passwordOf };
  const isSecret = SECRET_NAME.test(name) || LONG_NAMES.some((each) => each.startsWith(name));
  return isSecret && !NO_SECRET.test(name) ? { ...option, secretOf: exceptPath(name) } : undefined;
}

function secretOfLetter(letter: string): SecretOption["secretOf"] {
  if (letter === "u" || letter === "U") return passwordOf;
  return (value) => (PLAIN_VALUES[letter]?.test(value) ? undefined : value);
}

function whole(value: ByteString): ByteString {
  return value;
}

/** `--key=/etc/ssl/private.pem` names a file. */
function exceptPath(name: string): SecretOption["secretOf"] {
  return /key$/i.test(name) ? (value) => (value.startsWith("/") ? undefined : value) : whole;
}

/** `me:password` and smbclient's `me%password`, but not a URL, a path or a number behind the colon. */
function passwordOf(value: ByteString): ByteString | undefined {
  return /^[^:%/\s]+[:%](?!\/\/|[0-9]+(?:\/|$))(\S+)$/.exec(value)?.[1];
}
