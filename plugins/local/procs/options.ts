import { flag, integer, leftToPlugin, type Range, readRange, text, words } from "../../../sdk/index.ts";
import { createOptionsReader, type GivenText } from "../../../sdk/read-options.ts";
import { strtol } from "../../libc/number.ts";
import type { ProcessFilters } from "./process-filter.ts";

export const PROCS_OPTIONS = {
  warning: text("-w, --warning=RANGE", "numbers of processes that are a warning"),
  critical: text("-c, --critical=RANGE", "numbers of processes that are critical"),
  state: text("-s, --status=FLAGS", "only those in this state, one letter"),
  command: text("-C, --command=NAME", "only those with this name"),
  words: text("-a, --argument-array=STRING", "only those with this text in their arguments"),
  parent: text("-p, --ppid=PID", "only children of this process"),
  withoutKernel: flag("-k", "not the threads of the kernel"),
  timeout: integer("-t, --timeout=SECONDS", "not needed", { min: 1 }),
  kernelLong: leftToPlugin("--no-kthreads=WORD", "as -k"),
  metric: leftToPlugin("-m, --metric=TYPE", "VSZ, RSS, CPU or ELAPSED"),
  user: leftToPlugin("-u, --user=USER", "only those of this user"),
  vsz: leftToPlugin("-z, --vsz=KIBIBYTES", "only those as large as this"),
  rss: leftToPlugin("-r, --rss=KIBIBYTES", "only those as large in memory as this"),
  cpu: leftToPlugin("-P, --pcpu=PERCENT", "only those with as much CPU time"),
  elapsed: leftToPlugin("--elapsed=SECONDS", "not used"),
  pattern: leftToPlugin("--ereg-argument-array=REGEX", "only those whose arguments match"),
  file: leftToPlugin("--input-file=FILE", "an output of ps"),
  traditional: leftToPlugin("-T, --traditional-filter", "know itself by its number"),
  verbose: leftToPlugin("-v, --verbose", "show what goes on"),
  ranges: words("RANGE", "the thresholds that no option names", { max: 2 }),
};

/** A command line that was understood. */
export interface ProcsRequest {
  readonly warning: Range | undefined;
  readonly critical: Range | undefined;
  readonly withoutKernel: boolean;
  readonly filters: ProcessFilters;
}

const readOptions = createOptionsReader(PROCS_OPTIONS, { rewrites: { "-to": "-t" } });

/** Reads a command line. Undefined: the plugin has to answer it. */
export function readProcsRequest(argv: readonly string[]): ProcsRequest | undefined {
  const read = readOptions(argv);
  if (read === undefined) return undefined;
  const { options, given } = read;
  const rest = options.ranges.values();
  const [warningText, criticalText] = [
    options.warning ?? rest.next().value,
    options.critical ?? rest.next().value,
  ];
  // A word that is left is a state.
  if (rest.next().done === false) return undefined;
  const [warning, critical] = [warningText, criticalText].map(readThreshold);
  const filters = readFilters(given);
  if (warning === "wrong" || critical === "wrong" || filters === undefined) return undefined;
  return { warning, critical, withoutKernel: options.withoutKernel, filters };
}

function readThreshold(given: string | undefined): Range | "wrong" | undefined {
  return given === undefined ? undefined : (readRange(given) ?? "wrong");
}

/** The first of several states, names and texts counts, and the last parent. */
function readFilters(given: readonly GivenText[]): ProcessFilters | undefined {
  const first = (name: string) => given.find((each) => each.name === name)?.text;
  const [state, command, words] = [first("state"), first("command"), first("words")];
  const parents = given.filter(({ name }) => name === "parent").map(({ text = "" }) => readPid(text));
  const parent = parents.at(-1);
  if (parents.includes(undefined) || parent === process.pid) return undefined;
  if (![state, command, words].every(isPlain)) return undefined;
  const kind = state === undefined ? "any" : kindOfState(state);
  if (kind === "unknown" || (command !== undefined && command === "")) return undefined;
  return {
    state,
    command,
    words,
    parent,
    isAny: [state, command, words, parent].some((each) => each !== undefined),
    isImpossible: kind === "impossible",
    text: renderFilters(given),
  };
}

/** `ps` shows other characters in a way that depends on the locale. */
function isPlain(text: string | undefined): boolean {
  return (
    text === undefined || (/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.includes("?"))
  );
}

/**
 * The plugin searches the whole text in the state of `ps`: a letter, and perhaps some of `<NLsl+`. So one
 * letter may be there, and a text with a letter behind something else is never.
 */
function kindOfState(state: string): "letter" | "impossible" | "unknown" {
  if (/^[RSDZTtIX]$/.test(state)) return "letter";
  return /^[RSDZTtIX<NLsl+]+[RSDZTtIX]/.test(state) ? "impossible" : "unknown";
}

function readPid(text: string): number | undefined {
  if (!/^[ \t]*[-+]?[0-9]+$/.test(text)) return undefined;
  const { value } = strtol(text);
  return value >= -(2n ** 31n) && value < 2n ** 31n ? Number(value) : undefined;
}

const TITLES: Readonly<Record<string, (text: string) => string>> = {
  state: (text) => `STATE = ${text}`,
  command: (text) => `command name '${text}'`,
  words: (text) => `args '${text}'`,
  parent: (text) => `PPID = ${readPid(text)}`,
};

function renderFilters(given: readonly GivenText[]): string {
  const shown = given.filter(
    ({ name }, at) => name === "parent" || given.findIndex((each) => each.name === name) === at,
  );
  return shown.flatMap(({ name, text = "" }) => TITLES[name]?.(text) ?? []).join(", ");
}
