/** An option of a tool that has letters as options, as C's getopt reads them. */
export interface Letter {
  /** `H`, or a word: `exclude-queue`. */
  readonly name: string;
  /** For the help. Undefined: the option has no value. */
  readonly value?: string;
  /** The value may be missing, and is a number: C's `-x` has none, Go's `-x 1` has one. */
  readonly isOptionalNumber?: true;
  readonly help: string;
}

/** The values by the name of their option, in their order. An option without a value has the empty text. */
export type LetterValues = ReadonlyMap<string, readonly string[]>;

export type ReadLetters =
  | { readonly kind: "values"; readonly values: LetterValues }
  | { readonly kind: "unknown"; readonly name: string }
  | { readonly kind: "no value"; readonly name: string };

const NUMBER = /^-?\d+$/;

/**
 * Reads `-H host`, `-Hhost`, `-H=host`, `--H host`, and letters without a value in one word, `-qb`. Others
 * are ignored, as by the C tools; `--` ends the options.
 */
export function readLetters(argv: readonly string[], letters: readonly Letter[]): ReadLetters {
  const values = new Map<string, string[]>();
  const words = [...argv];
  for (let word = words.shift(); word !== undefined && word !== "--"; word = words.shift()) {
    if (!/^-./.test(word)) continue;
    const found = findLetter(word, letters);
    if (found === undefined) return { kind: "unknown", name: unknownName(word) };
    const { letter, attached, others } = found;
    if (others !== "") words.unshift(`-${others}`);
    const value = attached ?? takeValue(letter, words);
    if (value === undefined) return { kind: "no value", name: letter.name };
    values.set(letter.name, [...(values.get(letter.name) ?? []), value]);
  }
  return { kind: "values", values };
}

/** Takes the value from the words that follow. Undefined: there is none. */
function takeValue({ value, isOptionalNumber }: Letter, words: string[]): string | undefined {
  if (value === undefined) return "";
  if (isOptionalNumber && !NUMBER.test(words[0] ?? "")) return "";
  return words.shift();
}

interface Found {
  readonly letter: Letter;
  /** The value, if it stands in the same word. */
  readonly attached: string | undefined;
  /** More letters of the same word. */
  readonly others: string;
}

function findLetter(word: string, letters: readonly Letter[]): Found | undefined {
  const [name = "", ...rest] = word.replace(/^--?/, "").split("=");
  const whole = letters.find((letter) => letter.name === name);
  const given = rest.length === 0 ? undefined : rest.join("=");
  if (whole !== undefined && (given === undefined || whole.value !== undefined))
    return { letter: whole, attached: given, others: "" };
  if (word.startsWith("--")) return undefined;
  const letter = letters.find((each) => each.name === word[1]);
  if (letter === undefined) return undefined;
  const after = word.slice(2);
  if (letter.value === undefined) return { letter, attached: undefined, others: after };
  if (letter.isOptionalNumber && !NUMBER.test(after.replace(/^=/, "")))
    return { letter, attached: "", others: after };
  return { letter, attached: after.replace(/^=/, ""), others: "" };
}

function unknownName(word: string): string {
  return word.startsWith("--") ? word.slice(2) : word.slice(1, 2);
}

/** The options as lines of the help. */
export function renderLetters(letters: readonly Letter[]): string {
  const heads = letters.map(
    ({ name, value }) => `${name.length === 1 ? "-" : "--"}${name}${value === undefined ? "" : ` ${value}`}`,
  );
  const width = Math.max(...heads.map((head) => head.length));
  return letters.map(({ help }, at) => `  ${(heads[at] ?? "").padEnd(width)}  ${help}\n`).join("");
}

/** As C's atoi. */
export function toInteger(text: string): number {
  return Number.parseInt(text, 10) || 0;
}
