import {
  type CheckOutput,
  CRITICAL,
  defineCheck,
  flag,
  OK,
  type OptionsOf,
  option,
  STATE_NAMES,
  type State,
  seconds,
  UNKNOWN,
  WARNING,
  words,
} from "../../sdk/index.ts";
import { isState, readState } from "../../sdk/state.ts";

const NAMES = "OK, WARNING, CRITICAL, UNKNOWN or 0 to 3";

const OPTIONS = {
  timeout: seconds("-t, --timeout=SECONDS", "how long the command may run", { default: 11 }),
  timeoutState: option("-T, --timeout-result=STATE", "the state when time is up", readState, {
    default: CRITICAL,
  }),
  ok: option("-o, --ok=STATE", `the answer to OK: ${NAMES}`, readState),
  warning: option("-w, --warning=STATE", "the answer to WARNING", readState),
  critical: option("-c, --critical=STATE", "the answer to CRITICAL", readState),
  unknown: option("-u, --unknown=STATE", "the answer to UNKNOWN", readState),
  substitute: flag("-s, --substitute", "exchange the word for the state in the output too"),
  words: words("COMMAND…", "the plugin with its path, and its words", { min: 1, startsCommand: true }),
};

type NegateOptions = OptionsOf<typeof OPTIONS>;
type Answers = Readonly<Record<State, State>>;

const SWAPPED: Answers = {
  [OK]: CRITICAL,
  [WARNING]: WARNING,
  [CRITICAL]: OK,
  [UNKNOWN]: UNKNOWN,
};

/** The return code of a command that died of a signal: the plugin returns -1. */
const SIGNALLED = 255;

export const negate = defineCheck({
  name: "negate",
  summary: "runs a plugin and exchanges its states",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: OPTIONS,
  argv: { words: "last" },
  accept: (options) => readCommand(options.words) !== undefined,

  /** The plugin sets LC_ALL for the command. */
  command: (options) => ({ words: readCommand(options.words) ?? [], environment: [["LC_ALL", "C"]] }),

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

/**
 * Without options OK and CRITICAL are swapped. With one of them, only the states that options name are
 * changed.
 */
function readAnswers({ ok, warning, critical, unknown }: NegateOptions): Answers {
  if ([ok, warning, critical, unknown].every((state) => state === undefined)) return SWAPPED;
  return {
    [OK]: ok ?? OK,
    [WARNING]: warning ?? WARNING,
    [CRITICAL]: critical ?? CRITICAL,
    [UNKNOWN]: unknown ?? UNKNOWN,
  };
}

/**
 * Reads the command. The plugin splits a single word at white space, as a whole command line. Undefined: it
 * has quotes, or no path, so the plugin has to answer.
 */
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
  const answered = readAnswers(options)[returnCode];
  const output = lines.join("");
  if (!options.substitute) return { returnCode: answered, output };
  return { returnCode: answered, output: output.replaceAll(STATE_NAMES[returnCode], STATE_NAMES[answered]) };
}

/**
 * Splits the output into lines. A line ends at its first NUL, as a C string does, and is printed with a line
 * break.
 */
function readLines(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n");
  return lines.map((line) => `${line.split("\0", 1)[0]}\n`);
}
