import type { CommandOutcome, NestedCommand } from "../../sdk/check.ts";
import { type Check, CheckDeclined } from "../../sdk/index.ts";
import type { SettingValues } from "../../sdk/setting.ts";
import { SharedValues } from "../../sdk/shared.ts";
import { seededRandom } from "../support/random.ts";
import { PluginRunner } from "./core/plugin-runner.ts";
import { execute } from "./core/real-plugins.ts";
import type { FamilyReport } from "./family-report.ts";
import { type NormalRule, normalise } from "./oracle.ts";

/**
 * How many command lines of a family of checks are compared. DIFFERENTIAL_RUNS may say another number, such
 * as 5000.
 */
export const RUNS = Number(process.env["DIFFERENTIAL_RUNS"]) || 500;

/** Other lines than the usual ones are made with another DIFFERENTIAL_SEED. */
export const SEED = Number(process.env["DIFFERENTIAL_SEED"]) || 1;

/** The number of lines that are a share of a family's; at least one. */
export function share(part: number): number {
  return Math.ceil(RUNS * part);
}

export interface Comparison {
  readonly equal: number;
  /** How many command lines were left to the plugin. */
  readonly executed: number;
  /** For each line that was left to the plugin when it was run: its words, the plugin's answer, and why. */
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
  /** True: the plugin is started when the check has answered. The check counts processes, say. */
  readonly isInTurn?: boolean;
  /** Variables that the plugin has besides HOME. The check reads those of this process: stub them, too. */
  readonly variables?: NestedCommand["environment"];
  /** The settings of worker.conf; the defaults if there are none. */
  readonly settings?: SettingValues;
  /** Shared values in place of those that the checks would make. */
  readonly given?: ConstructorParameters<typeof SharedValues>[0]["given"];
  /** Where the result is counted. */
  readonly report?: FamilyReport;
}

/** Why a check may leave a usual line to the plugin when it is run. */
export const IS_TO_BE_LEFT = /because (?:the TLS handshake failed|a server reset the connection before .*)$/;

interface Answer {
  readonly kind: "equal" | "executed" | "declined" | "different";
  readonly argv: readonly string[];
  readonly words: string;
}

/**
 * Runs each command line natively and by the real plugin, at the same time. If the answers differ, the line
 * is run again alone, up to three times, so that neither of the two had to wait for a processor while its
 * time-out passed. A real difference is there each time.
 */
export async function compareWithPlugin(
  check: Check,
  plugin: string,
  lines: Iterable<readonly string[]>,
  {
    rules = [],
    atOnce = 16,
    variables = [],
    isInTurn = false,
    settings,
    given,
    report,
  }: ComparisonOptions = {},
): Promise<Comparison> {
  await using shared = new SharedValues({ log: () => {}, settings: () => settings, ...(given && { given }) });
  const answers: Answer[] = [];
  const all = [...lines];
  await using runner = all.length < MANY ? undefined : new PluginRunner();
  const environment = { rules, shared, variables, isInTurn, run: runner?.execute.bind(runner) ?? execute };
  const waiting = all.values();
  const runNext = async () => {
    for (const line of waiting) answers.push(await compare(check, plugin, line, environment));
  };
  await Promise.all(Array.from({ length: atOnce }, runNext));
  const doubtful = answers.filter(({ kind }) => kind === "different");
  const sure = answers.filter(({ kind }) => kind !== "different");
  for (const { argv } of doubtful) {
    let again = await compare(check, plugin, argv, environment);
    for (let time = 1; again.kind === "different" && time < TRIES; time += 1)
      again = await compare(check, plugin, argv, environment);
    sure.push(again);
  }
  const wordsOf = (kind: Answer["kind"]) =>
    sure.filter((each) => each.kind === kind).map(({ words }) => words);
  const comparison = {
    equal: wordsOf("equal").length,
    executed: wordsOf("executed").length,
    declined: wordsOf("declined"),
    left: wordsOf("executed"),
    differences: wordsOf("different"),
  };
  report?.add(comparison);
  return comparison;
}

/** Plugins print the folders they look into, and the checks look into those of this process. */
function ownHome(): NestedCommand["environment"] {
  const { HOME } = process.env;
  return HOME === undefined ? [] : [["HOME", HOME]];
}

/** On a busy machine a time-out may pass for the plugin and not for the check, again and again. */
const TRIES = 3;

/** So many lines are worth a process that starts the plugins. */
const MANY = 50;

interface Environment {
  readonly rules: readonly NormalRule[];
  readonly shared: SharedValues;
  readonly variables: NestedCommand["environment"];
  readonly isInTurn: boolean;
  readonly run: (command: NestedCommand) => Promise<CommandOutcome>;
}

async function compare(
  check: Check,
  plugin: string,
  argv: readonly string[],
  { rules, shared, variables, isInTurn, run }: Environment,
): Promise<Answer> {
  const understood = check.understand(argv);
  const words = `${check.name} ${JSON.stringify(argv)}`;
  if (understood === undefined) return { kind: "executed", argv, words };
  const context = {
    signal: new AbortController().signal,
    log: () => {},
    shared: shared.get.bind(shared),
    execute: ({ timeoutMs }: { readonly timeoutMs: number }) =>
      understood.command === undefined
        ? Promise.reject(new Error("no command was declared"))
        : execute(understood.command, timeoutMs),
  };
  const answering = understood.run(context).then(
    ({ returnCode, output, stderr = "" }) => [returnCode, normalise(output, rules), stderr],
    // A CheckFailure is an answer. Any other error is shown as a difference.
    (error: { readonly state?: number; readonly message: string }) =>
      error instanceof CheckDeclined ? error : [error.state, normalise(error.message, rules), ""],
  );
  if (isInTurn) await answering;
  const outcome = await run({ words: [plugin, ...argv], environment: [...ownHome(), ...variables] });
  const native = await answering;
  const real =
    outcome.kind === "exited"
      ? [outcome.returnCode, normalise(outcome.stdout, rules), outcome.stderr]
      : [outcome.kind];
  const [ours, theirs] = [JSON.stringify(native), JSON.stringify(real)];
  if (native instanceof CheckDeclined) {
    return { kind: "declined", argv, words: `${words}\n  plugin ${theirs}\n  because ${native.message}` };
  }
  if (ours === theirs) return { kind: "equal", argv, words };
  return { kind: "different", argv, words: `${words}\n  plugin ${theirs}\n  native ${ours}` };
}

/** A row of a grammar: one choice is taken, and each choice is the words that it adds. */
export type Choices = readonly (readonly string[])[];

/** Makes command lines with one choice of each row. The same seed gives the same lines. */
export function* randomLines(
  rows: readonly Choices[],
  { seed = SEED, count = RUNS } = {},
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
