import { MASK } from "./secret.ts";

/** More of a text is not repeated: a file that is no configuration may have lines of a megabyte. */
const MAX_SHOWN = 60;

/** What people write by mistake where a word or a number belongs: a URL with a login, or another setting. */
const CREDENTIALS = /@|(?:pass|pwd|secret|token|key|auth)[\w.-]{0,20}\s?[=:]/i;
/** Letters and digits as only a generator mixes them. A path is none. */
const RANDOM = /^(?!\/)(?=.{0,99}[0-9])(?=.{0,99}[A-Za-z])[\w+/=-]{16,}$/;

/** A written text as a message shows it: in quotes, not too long, and without what may be a password. */
export function quote(text: string): string {
  return `'${showValue(text)}'`;
}

/** The same without quotes. */
export function showValue(text: string): string {
  if (CREDENTIALS.test(text) || RANDOM.test(text)) return MASK;
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}...`;
}

/** A plain word, or a path. */
const LONE_WORD = /^(?:|[a-z][a-z_-]{0,15}|\/[\w.-]*(?:\/.*)?)$/s;

/** A word that stands alone in a line. One that is no plain word may be a key that lost its `key=`. */
export function quoteLoneWord(word: string): string {
  return LONE_WORD.test(word) ? quote(word) : `'${MASK}'`;
}
