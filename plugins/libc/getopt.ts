/** One option as the plugin spells it. */
export interface OptionSpelling {
  /** `["H"]` for `-H`. */
  readonly shorts: readonly string[];
  /** `["hostname", "host"]` for `--hostname` and its other name. */
  readonly longs: readonly string[];
  /** Optional: a value counts only in the same word (`-S5`, `--skip=5`). */
  readonly value: "none" | "required" | "optional";
}

/** An option that was given; `text` is its value, undefined without one. */
export interface GivenOption<Spelling> {
  readonly spelling: Spelling;
  readonly text: string | undefined;
}

/** The options in the order they were given, and the other words. */
export interface ReadArgv<Spelling> {
  readonly given: readonly GivenOption<Spelling>[];
  readonly words: readonly string[];
}

/** What plugins do differently about their words. */
export interface ArgvRules {
  /**
   * Where words may stand that belong to no option. `anywhere`: as getopt_long permutes them, up to `--`. `last`: options end at the
   * first of them (`+` in the plugin's option string). `around`: as `last`, but one may also come first (check_tcp, check_fping).
   */
  readonly words?: "anywhere" | "last" | "around";
  /** Words the plugin exchanges before it reads any, wherever they stand: `{ "-to": "-t" }`. */
  readonly rewrites?: Readonly<Record<string, string>>;
}

/** Undefined where getopt_long would complain: an unknown or ambiguous option, a value missing or too many. */
export type ArgvReader<Spelling> = (argv: readonly string[]) => ReadArgv<Spelling> | undefined;

/**
 * Makes a reader that takes words as glibc's getopt_long does: `-t5`, `-st5`, `--opt=value`, long options abbreviated as far as they
 * fit one option only, an exact name first. POSIXLY_CORRECT is not looked at.
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

/** Plugins take one or two dashes for the beginning of an option, whatever follows. */
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
  for (const word of rest) {
    if (word === "--") break;
    if (!word.startsWith("-") || word === "-") {
      words.push(word);
      if (permutes) continue;
      break;
    }
    const options = readOption(word, names)?.map((option) => withValue(option, rest));
    if (!options?.every((option) => option !== undefined)) return undefined;
    given.push(...options);
  }
  return { given, words: [...words, ...rest] };
}

/** Where an option still lacks its value, that is the next word. */
function withValue<Spelling extends OptionSpelling>(
  option: GivenOption<Spelling>,
  rest: ArrayIterator<string>,
): GivenOption<Spelling> | undefined {
  if (option.text !== undefined || option.spelling.value !== "required") return option;
  const { done, value } = rest.next();
  return done ? undefined : { ...option, text: value };
}

type Given<Spelling> = readonly GivenOption<Spelling>[] | undefined;

/** One word; only its last option can be without a value. */
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

/** An exact name wins; else an abbreviation must fit the names of one option only. */
function findLong<Spelling>(name: string, longs: ReadonlyMap<string, Spelling>): Spelling | undefined {
  const exact = longs.get(name);
  if (exact !== undefined) return exact;
  const fitting = new Set(
    [...longs].filter(([long]) => long.startsWith(name)).map(([, spelling]) => spelling),
  );
  return fitting.size === 1 ? [...fitting][0] : undefined;
}

/** `st5` is `-s -t 5`. */
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
