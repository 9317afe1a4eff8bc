import { NO_SECRET, SECRET_NAME } from "../../sdk/words/secret.ts";
import type { ByteString } from "../byte-string.ts";

/** An option with a value, as it stands in a word of a command line. */
export interface GivenOption {
  /** The part of the word before the value. */
  readonly head: ByteString;
  /** Undefined: the next word is the value. */
  readonly value: ByteString | undefined;
  /** The part of the value that must not be shown. Undefined: the value is no secret as a whole. */
  readonly secretOf: (value: ByteString) => ByteString | undefined;
  /** The value is the first word of another command. */
  readonly startsCommand?: boolean | undefined;
}

/**
 * Short options, some behind others that take no value. The same option of another plugin is masked without
 * need, which does no harm.
 */
const SHORT = /^-([1246ELNSVfjnqsv]*([ACPUWXabkpsux]))(.*)$/s;
const LONG = /^--([A-Za-z][\w.-]*)(?:=(.*))?$/s;
/** Some programs give long options one dash. */
const LONG_WITH_ONE_DASH =
  /^-(pw|pass(?:wd|word|phrase)?|pwd|secret|(?:(?:api|auth|access)-?)?token|community|auth(?:orization)?|cookies?|headers?|api-?key)(?:=(.*))?$/s;
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

/** What is known of a program that has no table of options. */
export interface KnownProgram {
  /** Letters of options whose value is always a secret, also one of digits. */
  readonly secrets: string;
  /** Its options as getopt takes them, where its other words are counted. */
  readonly letters?: string;
  /** The places of its other words that are secrets, from 0. */
  readonly words?: readonly number[];
}

/** By the file name, without its extension. */
const KNOWN: ReadonlyMap<string, KnownProgram> = new Map([
  ["check_mysql", { secrets: "p", letters: "hlvVnSP:p:u:d:H:s:c:w:a:k:C:D:L:f:g:", words: [2] }],
  // check_oracle --cache SID USER PASSWORD
  ["check_oracle", { secrets: "", letters: "", words: [2] }],
  ...named(
    "snmpget snmpgetnext snmpwalk snmpbulkwalk snmpbulkget snmptable snmpset",
    "cAX",
    "v:l:u:a:x:n:E:e:r:t:m:M:O:I:L:",
  ),
  ...named("check_ldap check_ldaps check_smtp check_ssmtp ipmitool mosquitto_pub mosquitto_sub", "P"),
  ...named("check_disk_smb check_mysql_query check_pgsql check_nsc_web check_radius mariadb mysql", "p"),
  ...named("check_dbi check_mssql check_vmware_esx check_wmi_plus mysqladmin sshpass", "p"),
  ...named("check_nt", "s"),
  ...named("ldapsearch ldapwhoami", "w"),
  ...named("redis-cli", "a"),
]);

function named(names: string, secrets: string, letters = ""): readonly (readonly [string, KnownProgram])[] {
  return names.split(" ").map((name) => [name, { secrets, letters }] as const);
}

export function findKnown(name: ByteString): KnownProgram | undefined {
  return KNOWN.get(name.replace(/\.(?:exe|pl|py|sh)$/, ""));
}

/** Guesses whether an option of a program without a table takes a secret. Undefined: it does not. */
export function guessOption(word: ByteString, known: KnownProgram | undefined): GivenOption | undefined {
  const [, long, longValue] = LONG.exec(word) ?? [];
  if (long !== undefined) return guessLong(long, longValue);
  const [, single, singleValue] = LONG_WITH_ONE_DASH.exec(word) ?? [];
  if (single !== undefined) return { head: `-${single}=`, value: singleValue, secretOf: whole };
  return (known && readKnown(word, known)) ?? guessShort(word);
}

function guessLong(name: string, value: ByteString | undefined): GivenOption | undefined {
  const option = { head: `--${name}=`, value };
  if (USER.test(name)) return { ...option, secretOf: passwordOf };
  const isSecret = SECRET_NAME.test(name) || LONG_NAMES.some((each) => each.startsWith(name));
  return isSecret && !NO_SECRET.test(name) ? { ...option, secretOf: exceptPath(name) } : undefined;
}

function readKnown(word: ByteString, { secrets, letters = "" }: KnownProgram): GivenOption | undefined {
  const given = word.startsWith("-") ? word.slice(1) : "";
  const takesValue = (letter: string) => secrets.includes(letter) || letters.includes(`${letter}:`);
  const isFlag = (letter: string) => /[1246ELNSVfjnqsv]/.test(letter) || letters.includes(letter);
  const at = [...given].findIndex((letter) => takesValue(letter) || !isFlag(letter));
  const letter = given.charAt(at);
  if (at < 0 || !takesValue(letter)) return undefined;
  const value = given.slice(at + 1) || undefined;
  return { head: word.slice(0, at + 2), value, secretOf: secrets.includes(letter) ? whole : none };
}

function guessShort(word: ByteString): GivenOption | undefined {
  const [, letters, letter = "", rest] = SHORT.exec(word) ?? [];
  if (letters === undefined || letter === "s") return undefined;
  return { head: `-${letters}`, value: rest || undefined, secretOf: secretOfLetter(letter) };
}

function secretOfLetter(letter: string): GivenOption["secretOf"] {
  if (letter === "u" || letter === "U") return passwordOf;
  return (value) => (PLAIN_VALUES[letter]?.test(value) ? undefined : value);
}

export function whole(value: ByteString): ByteString {
  return value;
}

export function none(): undefined {
  return undefined;
}

/** `--key=/etc/ssl/private.pem` names a file. */
function exceptPath(name: string): GivenOption["secretOf"] {
  return /key$/i.test(name) ? (value) => (value.startsWith("/") ? undefined : value) : whole;
}

/** `me:password` and smbclient's `me%password`, but not a URL, a path or a number behind the colon. */
function passwordOf(value: ByteString): ByteString | undefined {
  return /^[^:%/\s]+[:%](?!\/\/|[0-9]+(?:\/|$))(\S+)$/.exec(value)?.[1];
}
