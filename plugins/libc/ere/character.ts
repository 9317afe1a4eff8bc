import {
  asciiSet,
  charactersOf,
  choice,
  type EreRules,
  type Expression,
  foldCase,
  sequenceOf,
} from "./expression.ts";

/** The meaning of the pattern is not certain, so it has to be left to the plugin. */
export class NotUnderstood extends Error {}

export function isAscii(character: string): boolean {
  return character <= "\x7f";
}

/** Reads a byte string as the characters of UTF-8. Throws NotUnderstood if it is not valid. */
export function decodeUtf8(text: string): string {
  try {
    return UTF_8.decode(Buffer.from(text, "latin1"));
  } catch {
    throw new NotUnderstood();
  }
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Matches one character of the pattern. Throws NotUnderstood if its other case is not certain. */
export function readCharacter(character: string, rules: EreRules): Expression {
  if (rules.encoding === "bytes" || isAscii(character)) {
    return charactersOf(foldCase(asciiSet(character), rules), rules);
  }
  const cases = rules.ignoresCase ? readCases(character) : [character];
  return choice(...cases.map((each) => sequenceOf(Buffer.from(each, "utf8"))));
}

/** Both cases of a letter of Latin-1, or a character that has no case in any language. */
function readCases(character: string): readonly string[] {
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  if (lower === upper) return [character];
  if (!LATIN_1_LETTER.test(lower)) throw new NotUnderstood();
  return [lower, upper];
}

/** Without ÿ, ß and µ, whose upper case is beyond Latin-1. */
const LATIN_1_LETTER = /^[\xe0-\xf6\xf8-\xfe]$/;
