/** The flags of a program that reads its words with Go's package flag: by name, whether they take a value. */
export type FlagKinds = ReadonlyMap<string, "text" | "switch">;

/** What was read of a command line. A switch that is on has the text `true`. */
export interface GivenFlags {
  /** If a flag is given several times, the last one counts. */
  readonly given: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

/** One or two dashes, and the value behind `=` or in the next word. */
const FLAG = /^--?([^-=][^=]*)(?:=(.*))?$/s;

/**
 * Reads words as Go's package flag does: the first word that is no flag ends them. Undefined: the program
 * complains about a word.
 */
export function readGoFlags(argv: readonly string[], kinds: FlagKinds): GivenFlags | undefined {
  const given = new Map<string, string>();
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word === "--") return { given, words: argv.slice(at + 1) };
    if (word.length < 2 || !word.startsWith("-")) return { given, words: argv.slice(at) };
    const [, name = "", written] = FLAG.exec(word) ?? [];
    const isText = kinds.get(name) === "text";
    if (isText && written === undefined) at += 1;
    const value = isText ? (written ?? argv[at]) : readSwitch(written ?? "true");
    if (value === undefined || !kinds.has(name)) return undefined;
    given.set(name, value);
  }
  return { given, words: [] };
}

/** Reads what strconv.ParseBool reads. */
export function readSwitch(text: string): "true" | "false" | undefined {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return "true";
  return /^(?:0|f|F|FALSE|false|False)$/.test(text) ? "false" : undefined;
}
