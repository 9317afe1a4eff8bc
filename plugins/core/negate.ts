import {
  type CheckOutput,
  CRITICAL,
  defineCheck,
  isState,
  OK,
  type OptionSpelling,
  readArgv,
  STATE_NAMES,
  type State,
  UNKNOWN,
  WARNING,
} from "../sdk/index.ts";

interface NegateOptions {
  readonly timeout: number;
  readonly timeoutState: State;
  /** The state to answer, by the command's own. */
  readonly answers: Readonly<Record<State, State>>;
  readonly substitute: boolean;
  readonly words: readonly string[];
}

const SPELLINGS: readonly OptionSpelling[] = [
  { long: "help", short: "h", takesValue: false },
  { long: "version", short: "V", takesValue: false },
  { long: "timeout", short: "t", takesValue: true },
  { long: "timeout-result", short: "T", takesValue: true },
  { long: "ok", short: "o", takesValue: true },
  { long: "warning", short: "w", takesValue: true },
  { long: "critical", short: "c", takesValue: true },
  { long: "unknown", short: "u", takesValue: true },
  { long: "substitute", short: "s", takesValue: false },
];

const SWAPPED: Readonly<Record<State, State>> = {
  [OK]: CRITICAL,
  [WARNING]: WARNING,
  [CRITICAL]: OK,
  [UNKNOWN]: UNKNOWN,
};
/** With one of these nothing is swapped that is not asked for. */
const ANSWER_OPTIONS: readonly string[] = ["ok", "warning", "critical", "unknown"];

/** The plugin reports a command that died of a signal as -1. */
const SIGNALLED = 255;

export const negate = defineCheck({
  name: "negate",
  summary: "runs a plugin and exchanges its states",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  read: readOptions,

  /** The plugin sets LC_ALL for what it runs. */
  command: ({ words }) => ({ words, environment: [["LC_ALL", "C"]] }),

  async run(options, context) {
    const outcome = await context.execute({ timeoutMs: options.timeout * 1000 });
    if (outcome.kind === "timed-out") {
      const text = `${STATE_NAMES[options.timeoutState]} - Plugin timed out after ${options.timeout} seconds\n`;
      return { returnCode: options.timeoutState, output: text };
    }
    const returnCode = outcome.kind === "exited" ? outcome.returnCode : SIGNALLED;
    return {
      ...answer(returnCode, readLines(outcome.stdout), options),
      stderr: readLines(outcome.stderr).join(""),
    };
  },
});

function readOptions(argv: readonly string[]): NegateOptions | undefined {
  const read = readArgv(argv, SPELLINGS);
  if (read === undefined || !read.options.every(isUnderstood)) return undefined;
  const words = readCommand(read.words);
  if (words === undefined) return undefined;
  const given = new Map(read.options);
  const stateOf = (long: string, otherwise: State) => readState(given.get(long)) ?? otherwise;
  const answers = {
    [OK]: stateOf("ok", OK),
    [WARNING]: stateOf("warning", WARNING),
    [CRITICAL]: stateOf("critical", CRITICAL),
    [UNKNOWN]: stateOf("unknown", UNKNOWN),
  };
  return {
    timeout: Number(given.get("timeout") ?? 11),
    timeoutState: stateOf("timeout-result", CRITICAL),
    answers: ANSWER_OPTIONS.some((long) => given.has(long)) ? answers : SWAPPED,
    substitute: given.has("substitute"),
    words,
  };
}

function isUnderstood([long, value]: readonly [string, string]): boolean {
  if (long === "help" || long === "version") return false;
  if (long === "timeout") return /^[1-9][0-9]{0,5}$/.test(value);
  return long === "substitute" || readState(value) !== undefined;
}

function readState(text: string | undefined): State | undefined {
  const state = STATE_NAMES.findIndex((name, at) => text?.toUpperCase() === name || text === String(at));
  return isState(state) ? state : undefined;
}

/** A single word is a whole command line to the plugin: split at white space; with quotes in it, that is the plugin's affair. */
function readCommand(words: readonly string[]): readonly string[] | undefined {
  const [first] = words;
  if (first === undefined || !/^\.?\//.test(first)) return undefined;
  if (words.length > 1) return words;
  return /["']/.test(first) ? undefined : first.split(/[ \t\r\n]+/).filter((word) => word !== "");
}

function answer(returnCode: number, lines: readonly string[], options: NegateOptions): CheckOutput {
  if (lines.length === 0) {
    const worst = returnCode === WARNING || returnCode === CRITICAL ? returnCode : UNKNOWN;
    return { returnCode: worst, output: "No data returned from command\n" };
  }
  if (!isState(returnCode)) return { returnCode, output: lines.join("") };
  const answered = options.answers[returnCode];
  const output = lines.join("");
  if (!options.substitute) return { returnCode: answered, output };
  return { returnCode: answered, output: output.replaceAll(STATE_NAMES[returnCode], STATE_NAMES[answered]) };
}

/** The plugin's lines are C strings: each ends at its first NUL, and is printed with a line break. */
function readLines(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n");
  return lines.map((line) => `${line.split("\0", 1)[0]}\n`);
}
