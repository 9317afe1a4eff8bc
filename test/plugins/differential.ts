import type { Check } from "../../sdk/index.ts";
import type { SettingValues } from "../../sdk/setting.ts";
import { SharedValues } from "../../sdk/shared.ts";
import { seededRandom } from "../support/random.ts";
import { execute } from "./core/real-plugins.ts";
import { type NormalRule, normalise } from "./oracle.ts";

/** A few hundred in the suite; two thousand with DIFFERENTIAL_RUNS=2000. */
export const RUNS = Number(process.env["DIFFERENTIAL_RUNS"]) || 300;

export interface Comparison {
  readonly equal: number;
  /** How many were left to the plugin. */
  readonly executed: number;
  /** Their words. */
  readonly left: readonly string[];
  /** Both answers, in words. */
  readonly differences: readonly string[];
}

export interface ComparisonOptions {
  readonly rules?: readonly NormalRule[];
  /** 16 by default: most of the time they wait. */
  readonly atOnce?: number;
  /** The settings of worker.conf; the defaults if there are none. */
  readonly settings?: SettingValues;
}

interface Answer {
  readonly kind: "equal" | "executed" | "different";
  readonly argv: readonly string[];
  readonly words: string;
}

/**
 * Runs each command line natively and by the real plugin, side by side. What differs is run again alone: only then neither of the two
 * has waited for a processor while its own seconds ran out.
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
    left: wordsOf("executed"),
    differences: wordsOf("different"),
  };
}

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
      // A CheckFailure is an answer; anything else shows in the difference.
      (error: { readonly state?: number; readonly message: string }) => [
        error.state,
        normalise(error.message, rules),
        "",
      ],
    ),
    execute({ words: [plugin, ...argv], environment: [] }).then((outcome) =>
      outcome.kind === "exited"
        ? [outcome.returnCode, normalise(outcome.stdout, rules), outcome.stderr]
        : [outcome.kind],
    ),
  ]);
  const [ours, theirs] = [JSON.stringify(native), JSON.stringify(real)];
  if (ours === theirs) return { kind: "equal", argv, words };
  return { kind: "different", argv, words: `${words}\n  plugin ${theirs}\n  native ${ours}` };
}

/** An option of a grammar: one of these is taken, each as the words it adds. Nothing is the empty list. */
export type Choices = readonly (readonly string[])[];

/** Command lines with one choice of each row, the same ones for the same seed. */
export function* randomLines(
  rows: readonly Choices[],
  { seed = 1, count = RUNS } = {},
): Generator<readonly string[]> {
  const random = seededRandom(seed);
  for (let at = 0; at < count; at += 1) {
    yield rows.flatMap((choices) => choices[Math.floor(random() * choices.length)] ?? []);
  }
}

/** A row that is left out in so many of ten lines. */
export function seldom(choices: Choices, leftOutOfTen = 7): Choices {
  const empty = Math.round((choices.length * leftOutOfTen) / (10 - leftOutOfTen));
  return [...Array.from({ length: empty }, () => []), ...choices];
}
