/** One option as the plugin spells it. */
export interface OptionSpelling {
  readonly long: string;
  readonly short: string;
  readonly takesValue: boolean;
}

/** The options given, in order and by their long names (value `""` where none is taken), and the words after them. */
export interface ReadArgv {
  readonly options: readonly (readonly [long: string, value: string])[];
  readonly words: readonly string[];
}

/**
 * Reads words as getopt_long does with `+`: options end at `--` or at the first other word. `-t5`, `-st5`, `--opt=value` and
 * abbreviated long options are understood; undefined where getopt_long would complain.
 */
export function readArgv(
  argv: readonly string[],
  spellings: readonly OptionSpelling[],
): ReadArgv | undefined {
  const options: [string, string][] = [];
  let at = 0;
  while (at < argv.length) {
    const word = argv[at] ?? "";
    if (!word.startsWith("-") || word === "-") break;
    at += 1;
    if (word === "--") break;
    const given = word.startsWith("--")
      ? readLong(word.slice(2), spellings)
      : readShort(word.slice(1), spellings);
    if (given === undefined) return undefined;
    for (const { spelling, value } of given) {
      const found = value ?? argv[at++];
      if (found === undefined) return undefined;
      options.push([spelling.long, found]);
    }
  }
  return { options, words: argv.slice(at) };
}

/** `value` undefined: it is the next word. Only the last option of a word can be without its value. */
interface Given {
  readonly spelling: OptionSpelling;
  readonly value: string | undefined;
}

function readLong(text: string, spellings: readonly OptionSpelling[]): readonly Given[] | undefined {
  const equals = text.indexOf("=");
  const spelling = findLong(equals < 0 ? text : text.slice(0, equals), spellings);
  if (spelling === undefined) return undefined;
  if (equals >= 0) return spelling.takesValue ? [{ spelling, value: text.slice(equals + 1) }] : undefined;
  return [{ spelling, value: spelling.takesValue ? undefined : "" }];
}

/** An exact name wins; else an abbreviation must fit one option only. */
function findLong(name: string, spellings: readonly OptionSpelling[]): OptionSpelling | undefined {
  const exact = spellings.find(({ long }) => long === name);
  if (exact !== undefined) return exact;
  const fitting = spellings.filter(({ long }) => long.startsWith(name));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** `st5` is `-s -t 5`. */
function readShort(letters: string, spellings: readonly OptionSpelling[]): readonly Given[] | undefined {
  const given: Given[] = [];
  for (let at = 0; at < letters.length; at += 1) {
    const spelling = spellings.find(({ short }) => short === letters[at]);
    if (spelling === undefined) return undefined;
    if (spelling.takesValue) return [...given, { spelling, value: letters.slice(at + 1) || undefined }];
    given.push({ spelling, value: "" });
  }
  return given;
}
