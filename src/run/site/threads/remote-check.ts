import type { Check, CheckContext, CheckOutput, UnderstoodCommand } from "../../../../sdk/check.ts";
import { Unread, Unreadable } from "../../routing/unread.ts";
import type { Answer, CheckFacts, CheckKey, CheckLine, SiteFile } from "./messages.ts";
import type { SiteFolder } from "./site-folder.ts";
import { revive } from "./thrown.ts";

/** The folder that runs the checks of a file. */
type Threads = Pick<SiteFolder, "prepare" | "understand" | "run">;

const REMOTE = new WeakMap<Check, Lines>();

/** Whether a thread runs the check. */
export function isRemote(check: Check): boolean {
  return REMOTE.has(check);
}

/** A check that a thread runs. To the worker it looks like any other. */
export function createRemoteCheck(threads: Threads, file: SiteFile, facts: CheckFacts): Check {
  const { name, summary, replaces, rows, hasPrepare, runsCommands } = facts;
  const key = { ...file, name };
  const lines = new Lines(threads, key);
  const check: Check = Object.freeze({
    name,
    summary,
    replaces,
    ...(rows && { rows }),
    ...(runsCommands && { runsCommands }),
    ...(hasPrepare && { prepare: () => threads.prepare(key) }),
    understand: (argv: readonly string[]) => lines.understand(argv),
  });
  REMOTE.set(check, lines);
  return check;
}

/**
 * Asks a check in a thread about words that hold secrets, of which nothing is kept. `words` are those with
 * references. Undefined: the check does not understand, or its thread could not answer.
 */
export async function understandOnce(
  check: Check,
  argv: readonly string[],
  words: readonly string[],
): Promise<UnderstoodCommand | undefined> {
  return await REMOTE.get(check)?.once(argv, words);
}

/** What a check has said of the words of a command line. */
type Reading =
  | { readonly kind: "understood"; readonly command: UnderstoodCommand }
  | { readonly kind: "not-understood" }
  | { readonly kind: "thrown"; readonly error: Error }
  /** The thread ended before it answered. The next job asks again. */
  | { readonly kind: "unreadable"; readonly fault: unknown };

/** In characters. A core may send a command line of a megabyte. */
const MAX_KEPT = 4_000_000;
/** These are kept, however long they are: a line and those nested in it are needed at the same time. */
const MIN_KEPT_LINES = 100;

/** The command lines of one check. Each is sent to the thread once to be understood. */
class Lines {
  static #last = 0;
  readonly #threads: Threads;
  readonly #key: CheckKey;
  readonly #readings = new Map<string, Reading>();
  readonly #pending = new Map<string, Promise<void>>();
  #characters = 0;

  constructor(threads: Threads, key: CheckKey) {
    this.#threads = threads;
    this.#key = key;
  }

  understand(argv: readonly string[]): UnderstoodCommand | undefined {
    const words = argv.join("\0");
    const reading = this.#readings.get(words);
    if (reading === undefined) throw new Unread(this.#ask(words, argv));
    switch (reading.kind) {
      case "understood":
        return reading.command;
      case "not-understood":
        return undefined;
      case "thrown":
        throw reading.error;
      case "unreadable":
        this.#forget(words);
        throw new Unreadable(reading.fault);
    }
  }

  #ask(words: string, argv: readonly string[]): Promise<void> {
    const asked = this.#pending.get(words);
    if (asked !== undefined) return asked;
    const asking = this.#read(argv).then((reading) => {
      this.#pending.delete(words);
      this.#keep(words, reading);
    });
    this.#pending.set(words, asking);
    return asking;
  }

  async once(argv: readonly string[], words: readonly string[]): Promise<UnderstoodCommand | undefined> {
    const reading = await this.#read(argv, { words });
    return reading.kind === "understood" ? reading.command : undefined;
  }

  async #read(argv: readonly string[], once: Pick<CheckLine, "words"> = {}): Promise<Reading> {
    Lines.#last += 1;
    const line = { ...this.#key, line: Lines.#last, argv, ...once };
    try {
      return this.#describe(line, await this.#threads.understand(line));
    } catch (fault) {
      return { kind: "unreadable", fault };
    }
  }

  #describe(line: CheckLine, answer: Answer): Reading {
    switch (answer.kind) {
      case "understood": {
        const { command, keepsState } = answer;
        const run = (context: CheckContext) => runLine(this.#threads, line, { context, keepsState });
        return { kind: "understood", command: { command, keepsState, run } };
      }
      case "thrown":
        return { kind: "thrown", error: revive(answer.thrown) };
      default:
        return { kind: "not-understood" };
    }
  }

  #keep(words: string, reading: Reading): void {
    this.#forget(words);
    this.#readings.set(words, reading);
    this.#characters += words.length;
    for (const oldest of this.#readings.keys()) {
      if (this.#characters <= MAX_KEPT || this.#readings.size <= MIN_KEPT_LINES) break;
      this.#forget(oldest);
    }
  }

  #forget(words: string): void {
    if (this.#readings.delete(words)) this.#characters -= words.length;
  }
}

interface LineRun {
  readonly context: CheckContext;
  readonly keepsState: boolean;
}

async function runLine(
  threads: Threads,
  line: CheckLine,
  { context, keepsState }: LineRun,
): Promise<CheckOutput> {
  const answer = await threads.run(line, context, keepsState);
  if (answer.kind === "thrown") throw revive(answer.thrown);
  if (answer.kind !== "output") throw new Error(`${line.name}: a thread answered ${answer.kind}`);
  return answer;
}
