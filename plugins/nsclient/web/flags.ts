import { type GivenFlags, readGoFlags, readSwitch } from "./go-flags.ts";
import { FLAG_KINDS } from "./options.ts";

/** Flags that print more than an answer. */
const LEFT_TO_PLUGIN = ["v", "vv", "V"];

/** Variables that give a flag its value, unless the command line does. Both spellings at once are unsure. */
const VARIABLES: readonly (readonly [flag: string, ...variables: readonly string[]])[] = [
  ["p", "check_nsc_web_password", "CHECK_NSC_WEB_PASSWORD"],
  ["l", "check_nsc_web_login", "CHECK_NSC_WEB_LOGIN"],
  ["t", "check_nsc_web_timeout", "CHECK_NSC_WEB_TIMEOUT"],
];

export interface WebFlags extends GivenFlags {
  /** Those of the command line itself, which a file cannot change. */
  readonly written: ReadonlyMap<string, string>;
}

/**
 * Reads the words of a command line, and the variables of this process. Undefined: the plugin has to answer.
 */
export function readWebFlags(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): WebFlags | undefined {
  const read = readGoFlags(argv, FLAG_KINDS);
  if (read === undefined || LEFT_TO_PLUGIN.some((name) => read.given.has(name))) return undefined;
  const given = new Map<string, string>();
  for (const [name, ...variables] of VARIABLES) {
    const values = variables.flatMap((variable) => environment[variable] ?? []);
    if (values.length > 1) return undefined;
    const [value] = values;
    if (value !== undefined) given.set(name, Buffer.from(value, "utf8").toString("latin1"));
  }
  for (const [name, value] of read.given) given.set(name, value);
  return { given, words: read.words, written: read.given };
}

/** A longer line is too long for the plugin. */
const MAX_LINE = 60_000;

/**
 * Adds the flags of a file, `NAME=VALUE` or `NAME VALUE` in each line. What the command line has is not
 * changed. Undefined: the plugin complains.
 */
export function addFileFlags(text: string, flags: WebFlags): GivenFlags | undefined {
  const given = new Map(flags.given);
  for (const line of text.split("\n").map((each) => each.replace(/\r$/, ""))) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name = "", written] = /^([^= ]*)(?:[= ](.*))?$/s.exec(line) ?? [];
    const kind = FLAG_KINDS.get(name);
    if (line.length > MAX_LINE || kind === undefined || LEFT_TO_PLUGIN.includes(name)) return undefined;
    const value = kind === "text" ? (written ?? "") : readSwitch(written ?? "true");
    if (flags.written.has(name)) continue;
    if (value === undefined) return undefined;
    given.set(name, value);
  }
  return { given, words: flags.words };
}
