import { setImmediate as nextTurn } from "node:timers/promises";
import { type ByteString, fromByteString } from "../byte-string.ts";
import { type Job, purposeOf } from "../job/job.ts";
import type { Log } from "../log.ts";
import type { Outcome } from "../outcome/outcome.ts";
import { isSameAnswer } from "./compare.ts";
import type { NativeOutcome } from "./native.ts";
import type { NativeRoute } from "./routing/route.ts";
import { type FindMarks, hideSecrets, type Masked, maskWords } from "./secrets.ts";

/** How native checks compare with the plugins that they replace. It is written to a file as JSON. */
export interface ShadowReport {
  /** Percent of the jobs. */
  readonly share: number;
  /** When the first job was compared. */
  readonly since: string | undefined;
  /** By check. */
  readonly checks: Readonly<Record<string, ShadowCount>>;
}

/** `declined`: the check left its answer to the plugin, so there was nothing to compare. */
export type Verdict = "agreed" | "different" | "declined";

/** How often each verdict was given for one check. */
export interface ShadowCount extends Readonly<Record<Verdict, number>> {
  /** The latest differences; the last one is the newest. */
  readonly examples: readonly ShadowExample[];
}

/** Two answers to one command line that differ. Secrets are masked. */
export interface ShadowExample {
  readonly at: string;
  readonly command: string;
  readonly plugin: ShadowAnswer;
  readonly native: ShadowAnswer;
}

export interface ShadowAnswer {
  readonly returnCode: number | undefined;
  readonly output: string;
}

export interface ShadowOptions {
  /** Percent of the jobs. */
  readonly share: number;
  readonly log: Pick<Log, "debug">;
  /** Which options of a check are secret. */
  readonly findMarks: FindMarks;
  /** Gives numbers from 0 to 1, without 1. */
  readonly random?: () => number;
}

type Native = Pick<NativeRoute, "name" | "argv">;

const MAX_RUNNING = 100;
const MAX_EXAMPLES = 5;
const MAX_SHOWN = 500;

/**
 * Runs native checks beside the plugins that answer, and compares. A check runs after the plugin, so the
 * shadow changes neither the plugin's answer nor its times. Event handlers and notifications are not run:
 * they must take effect only once. Life: made → stopped.
 */
export class Shadow {
  #share: number;
  readonly #log: ShadowOptions["log"];
  readonly #findMarks: FindMarks;
  readonly #random: () => number;
  readonly #running = new Set<Promise<void>>();
  readonly #end = new AbortController();
  readonly #counts = new Map<string, ShadowCount>();
  #since: string | undefined;

  constructor({ share, log, findMarks, random = Math.random }: ShadowOptions) {
    this.#findMarks = findMarks;
    this.#share = share;
    this.#log = log;
    this.#random = random;
  }

  get report(): ShadowReport {
    return { share: this.#share, since: this.#since, checks: Object.fromEntries(this.#counts) };
  }

  configure({ share }: Pick<ShadowOptions, "share">): void {
    this.#share = share;
  }

  /** Called when the plugin has answered. For a share of the jobs `run` gives the native answer later. */
  follow(
    job: Pick<Job, "type">,
    native: Native,
    plugin: Outcome,
    run: (signal: AbortSignal) => Promise<NativeOutcome>,
  ): void {
    if (!isComparable(plugin) || purposeOf(job) !== "check") return;
    if (this.#end.signal.aborted || this.#running.size >= MAX_RUNNING) return;
    if (this.#random() * 100 >= this.#share) return;
    const running = nextTurn()
      .then(() => run(this.#end.signal))
      .catch((error: unknown): NativeOutcome => ({ kind: "crashed", error }))
      .then((answer) => {
        this.#running.delete(running);
        // A check whose command was not started has no answer to compare.
        if (!this.#end.signal.aborted && answer.kind !== "not-started") this.#count(native, plugin, answer);
      });
    this.#running.add(running);
  }

  /** Cancels the checks that run, and does not count them. */
  async stop(): Promise<void> {
    this.#end.abort(new Error("the worker stops"));
    await Promise.all(this.#running);
  }

  #count(native: Native, plugin: PluginAnswer, answer: NativeOutcome): void {
    const at = new Date().toISOString();
    this.#since ??= at;
    const verdict = compare(plugin, answer, native.name);
    this.#log.debug(`shadow of ${native.name}: ${verdict}`);
    const before = this.#counts.get(native.name) ?? NOTHING;
    const examples = [...before.examples];
    if (answer.kind !== "declined" && verdict === "different")
      examples.push(describe(at, maskWords(native.argv, this.#findMarks), plugin, answer));
    const count = { ...before, [verdict]: before[verdict] + 1, examples: examples.slice(-MAX_EXAMPLES) };
    this.#counts.set(native.name, count);
  }
}

const NOTHING: ShadowCount = { agreed: 0, different: 0, declined: 0, examples: [] };

type PluginAnswer = Extract<Outcome, { kind: "exited" | "timed-out" }>;

function isComparable(outcome: Outcome): outcome is PluginAnswer {
  return outcome.kind === "exited" || outcome.kind === "timed-out";
}

function compare(plugin: PluginAnswer, native: NativeOutcome, check: string): Verdict {
  if (native.kind === "declined") return "declined";
  return isSameAnswer(plugin, native, check) ? "agreed" : "different";
}

type NativeAnswer = Exclude<NativeOutcome, { kind: "declined" }>;

function describe(at: string, masked: Masked, plugin: PluginAnswer, native: NativeAnswer): ShadowExample {
  return {
    at,
    command: fromByteString(cut(masked.words.join(" "))),
    plugin: readAnswer(plugin, masked),
    native: readAnswer(native, masked),
  };
}

function readAnswer(outcome: NativeAnswer, { secrets }: Masked): ShadowAnswer {
  const show = (text: ByteString) => fromByteString(cut(hideSecrets(text, secrets)));
  switch (outcome.kind) {
    case "exited":
      return { returnCode: outcome.returnCode, output: show(join(outcome)) };
    case "timed-out":
      return { returnCode: undefined, output: `not through after ${outcome.after} s` };
    case "not-started":
      return { returnCode: undefined, output: `not started: ${outcome.lack}` };
    case "crashed":
      return { returnCode: undefined, output: show(`crashed: ${outcome.error}`) };
  }
}

function join({ stdout, stderr }: { readonly stdout: ByteString; readonly stderr: ByteString }): ByteString {
  return stderr === "" ? stdout : `${stdout}\n[${stderr}]`;
}

function cut(text: ByteString): ByteString {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}...`;
}
