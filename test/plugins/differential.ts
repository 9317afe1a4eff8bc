import { type Check, CheckDeclined } from "../../sdk/index.ts";
import type { SettingValues } from "../../sdk/setting.ts";
import { SharedValues } from "../../sdk/shared.ts";
import { seededRandom } from "../support/random.ts";
import { execute } from "./core/real-plugins.ts";
import { type NormalRule, normalise } from "./oracle.ts";

/** How many command lines are run: a few hundred, or what DIFFERENTIAL_RUNS says, such as 2000. */
export const RUNS = Number(process.env["DIFFERENTIAL_RUNS"]) || 300;

export interface Comparison {
  readonly equal: number;
  /** How many command lines were left to the plugin. */
  readonly executed: number;
  /** For each line that was left to the plugin when the check was run, its words and the plugin's answer. */
  readonly declined: readonly string[];
  /** The words of those. */
  readonly left: readonly string[];
  /** For each difference, both answers as a text. */
  readonly differences: readonly string[];
}

export interface ComparisonOptions {
  readonly rules?: readonly NormalRule[];
  /** How many run at a time. The default is 16, as they wait most of the time. */
  readonly atOnce?: number;
  /** The settings of worker.conf; the defaults if there are none. */
  readonly settings?: SettingValues;
}

interface Answer {
  readonly kind: "equal" | "executed" | "declined" | "different";
  readonly argv: readonly string[];
  readonly words: string;
}

/**
 * Runs each command line natively and by the real plugin, at the same time. If the answers differ, the line
 * is run again alone, so that neither of the two had to wait for a processor while its time-out passed.
 */
export async function compareWithPlugin(
  check: Check,
  plugin: string,
  lines: Iterable<readonly string[]>,
  { rules = [], atOnce = 16, settings }: ComparisonOptions = {},
): Promise<Comparison> {
  await using shared = new SharedValues({ log: () => {}, settings: () => settings });
  const answers: Answer[] = [];
  const environment = { rules, shared };
  const waiting = lines[Symbol.iterator]();
  const runNext = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      answers.push(await compare(check, plugin, next.value, environment));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runNext));
  const doubtful = answers.filter(({ kind }) => kind === "different");
  const sure = answers.filter(({ kind }) => kind !== "different");
  for (const { argv } of doubtful) sure.push(await compare(check, plugin, argv, environment));
  const wordsOf = (kind: Answer["kind"]) =>
    sure.filter((each) => each.kind === kind).map(({ words }) => words);
  return {
    equal: wordsOf("equal").length,
    executed: wordsOf("executed").length,
    declined: wordsOf("declined"),
    left: wordsOf("executed"),
    differences: wordsOf("different"),
  };
}

const DECLINED: readonly unknown[] = [];

async function compare(
  check: Check,
  plugin: string,
  argv: readonly string[],
  { rules, shared }: { readonly rules: readonly NormalRule[]; readonly shared: SharedValues },
): Promise<Answer> {
  const understood = check.understand(argv);
  const words = `${check.name} ${JSON.stringify(argv)}`;
  if (understood === undefined) return { kind: "executed", argv, words };
  const context = {
    signal: new AbortController().signal,
    log: () => {},
    shared: shared.get.bind(shared),
    execute: () => Promise.reject(new Error("no command was declared")),
  };
  const [native, real] = await Promise.all([
    understood.run(context).then(
      ({ returnCode, output, stderr = "" }) => [returnCode, normalise(output, rules), stderr],
      // A CheckFailure is an answer. Any other error is shown as a difference.
      (error: { readonly state?: number; readonly message: string }) =>
        error instanceof CheckDeclined ? DECLINED : [error.state, normalise(error.message, rules), ""],
    ),
    execute({ words: [plugin, ...argv], environment: [] }).then((outcome) =>
      outcome.kind === "exited"
        ? [outcome.returnCode, normalise(outcome.stdout, rules), outcome.stderr]
        : [outcome.kind],
    ),
  ]);
  const [ours, theirs] = [JSON.stringify(native), JSON.stringify(real)];
  if (native === DECLINED) return { kind: "declined", argv, words: `${words}\n  plugin ${theirs}` };
  if (ours === theirs) return { kind: "equal", argv, words };
  return { kind: "different", argv, words: `${words}\n  plugin ${theirs}\n  native ${ours}` };
}

/** A row of a grammar: one choice is taken, and each choice is the words that it adds. */
export type Choices = readonly (readonly string[])[];

/** Makes command lines with one choice of each row. The same seed gives the same lines. */
export function* randomLines(
  rows: readonly Choices[],
  { seed = 1, count = RUNS } = {},
): Generator<readonly string[]> {
  const random = seededRandom(seed);
  for (let at = 0; at < count; at += 1) {
    yield rows.flatMap((choices) => choices[Math.floor(random() * choices.length)] ?? []);
  }
}

/** Makes a row that is left out in so many of ten lines. */
export function seldom(choices: Choices, leftOutOfTen = 7): Choices {
  const empty = Math.round((choices.length * leftOutOfTen) / (10 - leftOutOfTen));
  return [...Array.from({ length: empty }, () => []), ...choices];
}
