/**
 * Text of others that stands in a message: the output of a plugin, a name, a comment. Plain text stays as it
 * is, byte for byte. Zulip knows no escape character, so what would be markup is broken with a space of no
 * width.
 */

const ZERO_WIDTH = "\u200B";
const ELLIPSIS = "…";
/** Looks like a backtick, and begins no code. */
const GRAVE = "\u02CB";
/** A text of a megabyte is not searched as a whole. */
const LOOKED_AT = 16_384;
const TAG =
  /<\/?(?:a|b|br|div|font|h[1-6]|hr|i|img|li|p|pre|script|span|strong|style|table|t[dhr]|tbody|thead|tt|u|ul)(?:\s[^<>]{0,2000})?\/?>/gi;
const HIDDEN = /<(script|style)\b[^<>]{0,2000}>.{0,16384}?<\/\1\s{0,20}>/gis;
const DATA = /data:[\w/+.-]{0,100}(?:;[\w=.-]{0,100}){0,5},[\w%+/=-]*/gi;
/** Letters that turn the direction of what follows, and those that are not seen. */
const UNSEEN = /[\u202A-\u202E\u2066-\u2069\u200E\u200F\uFEFF]/g;

/** In one line, of at most so many characters. */
export function safeText(text: string, maxCharacters: number): string {
  const shown = withoutMarkup(text.slice(0, LOOKED_AT).toWellFormed());
  return breakMarkup(cutCharacters(shown.replace(/\s+/g, " ").trim(), maxCharacters));
}

/** Several lines become a block of code, in which nothing is markup. Empty: there is no text. */
export function safeBlock(text: string, maxCharacters: number): string {
  const lines = text.slice(0, LOOKED_AT).toWellFormed().replaceAll("\\n", "\n").split(/\r?\n/);
  const shown = cutCharacters(
    lines
      .map((line) => withoutMarkup(line).trimEnd())
      .join("\n")
      .trim(),
    maxCharacters,
  );
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return shown === "" ? "" : `${fence}text\n${shown}\n${fence}`;
}

/** A name in a heading or as a topic: no markup is read there. */
export function plainText(text: string): string {
  return text
    .slice(0, LOOKED_AT)
    .toWellFormed()
    .replace(UNSEEN, "")
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim();
}

/** Cuts between characters, not within one. */
export function cutCharacters(text: string, max: number, mark = ELLIPSIS): string {
  if (text.length <= max) return text;
  const characters = [...text];
  return characters.length <= max ? text : characters.slice(0, max - mark.length).join("") + mark;
}

function withoutMarkup(text: string): string {
  const plain = text
    .replace(DATA, "[data]")
    .replace(/[\p{Cc}\u2028\u2029]/gu, " ")
    .replace(UNSEEN, "");
  return plain.includes("<") ? plain.replace(HIDDEN, " ").replace(TAG, " ") : plain;
}

/** What would be markup of Zulip is none any more. */
export function breakMarkup(text: string): string {
  return text
    .replaceAll("`", GRAVE)
    .replace(/([@#])(?=_?\*)/g, `$1${ZERO_WIDTH}`)
    .replace(/\](?=[([])/g, `]${ZERO_WIDTH}`)
    .replace(/\$(?=\$)/g, `$$${ZERO_WIDTH}`)
    .replace(/\*(?=\*)|~(?=~)/g, `$&${ZERO_WIDTH}`);
}
