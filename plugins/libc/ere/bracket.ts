import { isAscii, NotUnderstood, readCharacter } from "./character.ts";
import {
  asciiSet,
  bytes,
  charactersBut,
  charactersOf,
  choice,
  type Encoding,
  type EreRules,
  type Expression,
  foldCase,
} from "./expression.ts";

/** A class, a range, or one character. A hyphen is a character only at the start or the end. */
const ELEMENT =
  /\[:(?<name>[a-z]+):\]|(?<first>[^-[])-(?<last>[^-[\]])|(?<=^)-|-(?=$)|(?<single>[^-[])|(?<open>\[)(?![.:=])/gsu;

/** Reads what stands between `[` or `[^` and `]`. Throws NotUnderstood. */
export function readBracket(body: string, isNegated: boolean, rules: EreRules): Expression {
  const elements = [...body.matchAll(ELEMENT)];
  if (elements.map(([text]) => text).join("") !== body) throw new NotUnderstood();
  const listed = elements.map(({ 0: text, groups = {} }) => readElement(text, groups, rules)).join("");
  const isByte = (character: string) => rules.encoding === "bytes" || isAscii(character);
  const set = foldCase(asciiSet([...listed].filter(isByte).join("")), rules);
  const listedOnes = charactersOf(set, rules);
  const beyond = [
    ...(rules.encoding === "utf-8" ? spacesOf(body) : []),
    ...[...listed].filter((each) => !isByte(each)).map((each) => readCharacter(each, rules)),
  ];
  if (!isNegated) return beyond.length === 0 ? listedOnes : choice(listedOnes, ...beyond);
  if (beyond.length > 0 || listedOnes.kind !== "byte") throw new NotUnderstood();
  return charactersBut(set, rules);
}

/** Gives the characters that one element of a bracket expression stands for. */
function readElement(
  text: string,
  { name, first, last }: Readonly<Record<string, string | undefined>>,
  { encoding }: EreRules,
): string {
  if (name !== undefined) return readClass(name, encoding);
  if (first === undefined || last === undefined) return text;
  const isSure = RANGES.some((range) => range.includes(first) && range.includes(last) && first <= last);
  if (!isSure) throw new NotUnderstood();
  return characters(first, last);
}

/** A range within one of these has the same characters in every locale, also when case is ignored. */
const RANGES = [characters("a", "z"), characters("A", "Z"), characters("0", "9")];

function characters(first: string, last: string): string {
  const from = first.charCodeAt(0);
  const codes = Array.from({ length: last.charCodeAt(0) - from + 1 }, (_, at) => from + at);
  return String.fromCharCode(...codes);
}

/** Classes that have the same characters in every locale, as far as ASCII goes. */
const ASCII_CLASSES: Readonly<Record<string, string>> = {
  digit: "0123456789",
  xdigit: "0123456789ABCDEFabcdef",
  space: " \t\n\v\f\r",
  blank: " \t",
};

const ALPHA = RANGES.slice(0, 2).join("");

/**
 * Classes of the C locale. In UTF-8 some of them have letters of all languages. `foldCase` adds the other
 * case.
 */
const BYTE_CLASSES: Readonly<Record<string, string>> = {
  ...ASCII_CLASSES,
  alpha: ALPHA,
  alnum: `${ALPHA}0123456789`,
  lower: characters("a", "z"),
  upper: characters("A", "Z"),
};

function readClass(name: string, encoding: Encoding): string {
  const classes = encoding === "bytes" ? BYTE_CLASSES : ASCII_CLASSES;
  const listed = Object.hasOwn(classes, name) ? classes[name] : undefined;
  if (listed === undefined) throw new NotUnderstood();
  return listed;
}

/**
 * The white space beyond ASCII in the classes of a bracket expression. Non-breaking spaces are not in them.
 */
function spacesOf(bracket: string): readonly Expression[] {
  if (bracket.includes("[:space:]")) return [...BLANKS, LINE_BREAKS];
  return bracket.includes("[:blank:]") ? BLANKS : [];
}

const BLANKS = [
  bytes([0xe1, 0xe1], [0x9a, 0x9a], [0x80, 0x80]), // U+1680
  bytes([0xe2, 0xe2], [0x80, 0x80], [0x80, 0x86]), // U+2000 to U+2006
  bytes([0xe2, 0xe2], [0x80, 0x80], [0x88, 0x8a]), // U+2008 to U+200A
  bytes([0xe2, 0xe2], [0x81, 0x81], [0x9f, 0x9f]), // U+205F
  bytes([0xe3, 0xe3], [0x80, 0x80], [0x80, 0x80]), // U+3000
];
const LINE_BREAKS = bytes([0xe2, 0xe2], [0x80, 0x80], [0xa8, 0xa9]); // U+2028 and U+2029
