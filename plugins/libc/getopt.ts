/** The spellings of one option. */
export interface OptionSpelling {
  /** `["H"]` for `-H`. */
  readonly shorts: readonly string[];
  /** `["hostname", "host"]` for `--hostname` and `--host`. */
  readonly longs: readonly string[];
  /** Whether it takes a value. An optional value must be in the same word (`-S5`, `--skip=5`). */
  readonly value: "none" | "required" | "optional";
}

/** One occurrence of an option. `text` is its value, undefined without one. */
export interface GivenOption<Spelling> {
  readonly spelling: Spelling;
  readonly text: string | undefined;
}

/** The options of a command line in their order, and the words that belong to none. */
export interface ReadArgv<Spelling> {
  readonly given: readonly GivenOption<Spelling>[];
  readonly words: readonly string[];
  /** An option, or `--`, stands behind such a word. With POSIXLY_CORRECT getopt_long reads it as a word. */
  readonly isPermuted: boolean;
}

/** How a plugin reads its words differently from others. */
export interface ArgvRules {
  /**
   * Where a word may stand that belongs to no option.
   * - `anywhere`, the default: getopt_long permutes the words, up to `--`.
   * - `last`: the options end at the first such word (`+` in the plugin's option string).
   * - `around`: as `last`, but one such word may also come first (check_tcp, check_fping).
   */
  readonly words?: "anywhere" | "last" | "around";
  /** Words that the plugin replaces before it reads any, in every place: `{ "-to": "-t" }`. */
  readonly rewrites?: Readonly<Record<string, string>>;
}

/**
 * Reads the words after the command. Undefined if getopt_long would complain: about an option that is unknown
 * or ambiguous, a value that is missing, or a value for an option that takes none.
 */
export type ArgvReader<Spelling> = (argv: readonly string[]) => ReadArgv<Spelling> | undefined;

/**
 * Makes a reader that reads words as glibc's getopt_long does: `-t5`, `-st5`, `--opt=value`, and
 * abbreviations of a long option that fit only one option. An exact name comes first. POSIXLY_CORRECT has no
 * effect, see `isPermuted`. Throws a TypeError if two options have the same name.
 */
export function createArgvReader<Spelling extends OptionSpelling>(
  spellings: readonly Spelling[],
  rules: ArgvRules = {},
): ArgvReader<Spelling> {
  const { words: place = "anywhere", rewrites = {} } = rules;
  const names = indexNames(spellings);
  return (argv) => {
    const all = argv.map((word) => (Object.hasOwn(rewrites, word) ? (rewrites[word] ?? word) : word));
    const isLed = place === "around" && isLeadingWord(all[0]);
    const read = readWords(isLed ? all.slice(1) : all, names, place === "anywhere");
    return read && isLed ? { ...read, words: [...all.slice(0, 1), ...read.words] } : read;
  };
}

/**
 * Whether the word is a value that comes first. One or two dashes begin an option for a plugin, whatever
 * follows.
 */
function isLeadingWord(word: string | undefined): boolean {
  return word !== undefined && !/^--?(?!-)/.test(word);
}

interface Names<Spelling> {
  readonly shorts: ReadonlyMap<string, Spelling>;
  readonly longs: ReadonlyMap<string, Spelling>;
}

function indexNames<Spelling extends OptionSpelling>(spellings: readonly Spelling[]): Names<Spelling> {
  const index = (kind: "shorts" | "longs") => {
    const byName = new Map<string, Spelling>();
    for (const spelling of spellings) {
      for (const name of spelling[kind]) {
        if (byName.has(name)) throw new TypeError(`two options are called ${name}`);
        byName.set(name, spelling);
      }
    }
    return byName;
  };
  return { shorts: index("shorts"), longs: index("longs") };
}

function readWords<Spelling extends OptionSpelling>(
  argv: readonly string[],
  names: Names<Spelling>,
  permutes: boolean,
): ReadArgv<Spelling> | undefined {
  const given: GivenOption<Spelling>[] = [];
  const words: string[] = [];
  const rest = argv.values();
  let isPermuted = false;
  for (const word of rest) {
    const isWord = !word.startsWith("-") || word === "-";
    isPermuted ||= !isWord && words.length > 0;
    if (word === "--") break;
    if (isWord) {
      words.push(word);
      if (permutes) continue;
      break;
    }
    const options = readOption(word, names)?.map((option) => withValue(option, rest));
    if (!options?.every((option) => option !== undefined)) return undefined;
    for (const option of options) given.push(option);
  }
  return { given, words: [...words, ...rest], isPermuted };
}

/** Takes the next word as the value of an option that has none yet. Undefined if there is no next word. */
function withValue<Spelling extends OptionSpelling>(
  option: GivenOption<Spelling>,
  rest: ArrayIterator<string>,
): GivenOption<Spelling> | undefined {
  if (option.text !== undefined || option.spelling.value !== "required") return option;
  const { done, value } = rest.next();
  return done ? undefined : { ...option, text: value };
}

type Given<Spelling> = readonly GivenOption<Spelling>[] | undefined;

/** Reads the options of one word. Only the last one can still lack its value. */
function readOption<Spelling extends OptionSpelling>(word: string, names: Names<Spelling>): Given<Spelling> {
  return word.startsWith("--") ? readLong(word.slice(2), names) : readShorts(word.slice(1), names);
}

function readLong<Spelling extends OptionSpelling>(
  text: string,
  { longs }: Names<Spelling>,
): Given<Spelling> {
  const equals = text.indexOf("=");
  const spelling = findLong(equals < 0 ? text : text.slice(0, equals), longs);
  if (spelling === undefined) return undefined;
  if (equals < 0) return [{ spelling, text: undefined }];
  return spelling.value === "none" ? undefined : [{ spelling, text: text.slice(equals + 1) }];
}

/** Finds the option with this name, or the only option that the abbreviation fits. */
function findLong<Spelling>(name: string, longs: ReadonlyMap<string, Spelling>): Spelling | undefined {
  const exact = longs.get(name);
  if (exact !== undefined) return exact;
  const fitting = new Set(
    [...longs].filter(([long]) => long.startsWith(name)).map(([, spelling]) => spelling),
  );
  return fitting.size === 1 ? [...fitting][0] : undefined;
}

/** Reads the letters after a dash: `st5` is `-s -t 5`. */
function readShorts<Spelling extends OptionSpelling>(
  letters: string,
  { shorts }: Names<Spelling>,
): Given<Spelling> {
  const given: GivenOption<Spelling>[] = [];
  for (let at = 0; at < letters.length; at += 1) {
    const spelling = shorts.get(letters[at] ?? "");
    if (spelling === undefined) return undefined;
    if (spelling.value !== "none") return [...given, { spelling, text: letters.slice(at + 1) || undefined }];
    given.push({ spelling, text: undefined });
  }
  return given;
}
