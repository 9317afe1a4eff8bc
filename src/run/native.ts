import { isUtf8 } from "node:buffer";
import type { Check, CheckContext, CheckOutput, CommandOutcome } from "../../sdk/check.ts";
import { Deadline, MAX_TIMEOUT_MS } from "../../sdk/deadline.ts";
import { CheckDeclined, CheckFailure } from "../../sdk/failure.ts";
import type { SharedValues } from "../../sdk/shared.ts";
import { UNKNOWN } from "../../sdk/state.ts";
import { PausableTimer } from "../../sdk/timer.ts";
import { type ByteString, toByteString } from "../byte-string.ts";
import type { Log } from "../log.ts";
import { renderNotCompiled } from "../outcome/not-compiled.ts";
import type { Outcome } from "../outcome/outcome.ts";
import { renderRefusal } from "../outcome/refusal.ts";
import { lackOf } from "../outcome/shortage.ts";
import type { NativeRoute, Route } from "./routing/route.ts";

export interface NativeRun {
  readonly timeoutMs: number;
  readonly log: Pick<Log, "debug">;
  /** Masks the secrets of the command line in what a check logs. */
  readonly hide: (text: string) => string;
  /** Values that checks share, such as connections. */
  readonly shared: Pick<SharedValues, "get">;
  /** Runs the command that the check has declared, if it has declared one. */
  readonly execute?: (route: Route, limits: ExecuteLimits) => Promise<Outcome>;
  /** Cancels the run. The reason of the signal becomes the error of the outcome. */
  readonly signal?: AbortSignal | undefined;
}

export interface ExecuteLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How a run of a native check has ended. */
export interface NativeEnd {
  readonly outcome: NativeOutcome;
  /** Milliseconds that the check has waited inside the worker. */
  readonly waitedMs: number;
}

/** What a native check can come to. */
export type NativeOutcome =
  | Extract<Outcome, { kind: "exited" | "timed-out" | "not-started" | "crashed" }>
  | DeclinedOutcome;

/** The check has left the answer to the plugin. `otherwise` is its own answer if there is none. */
export interface DeclinedOutcome {
  readonly kind: "declined";
  readonly reason: string;
  readonly otherwise?: ExitedOutcome;
  /** What this process was short of, if that is the reason. */
  readonly lack?: string | undefined;
}

type ExitedOutcome = Extract<Outcome, { kind: "exited" }>;

/** The command that the check needs was not started. The check cannot answer without it. */
class NotStarted extends Error {
  override readonly name = "NotStarted";
  readonly lack: string;

  constructor(lack: string) {
    super(`the command was not started: ${lack}`);
    this.lack = lack;
  }
}

/** Runs a native check. The promise resolves when time is up, even if the check goes on. */
export function runNative(route: NativeRoute, run: NativeRun): Promise<NativeEnd> {
  const { timeoutMs, signal } = run;
  if (signal?.aborted)
    return Promise.resolve({ outcome: { kind: "crashed", error: signal.reason }, waitedMs: 0 });
  const { promise, resolve } = Promise.withResolvers<NativeEnd>();
  const outer = signal && Deadline.of(signal);
  const finish = (outcome: NativeOutcome) => {
    timer[Symbol.dispose]();
    outer?.offAbort(cancel);
    resolve({ outcome, waitedMs: timer.heldMs });
  };
  const stop = (outcome: NativeOutcome, reason: unknown) => {
    finish(outcome);
    deadline.abort(reason);
  };
  const timeOut = () =>
    stop({ kind: "timed-out", after: timeoutMs / 1000, stdout: "", stderr: "" }, "time is up");
  const cancel = (reason: unknown) => stop({ kind: "crashed", error: reason }, reason);
  const timer = new PausableTimer(timeoutMs <= MAX_TIMEOUT_MS ? timeoutMs : undefined, timeOut);
  const deadline = new Deadline({ timer, outer });
  outer?.onAbort(cancel);
  answer(route, createContext(route, run, deadline)).then(finish);
  return promise;
}

/** What a check may do in one run, without its time. */
type Abilities = Omit<CheckContext, "signal">;

/**
 * Its functions are made outside of the constructor, and the signal is no getter of an object literal. V8
 * would keep the garbage of each run until the next full collection otherwise.
 */
class NativeContext implements CheckContext {
  declare readonly words?: readonly string[];
  readonly shared: Abilities["shared"];
  readonly log: Abilities["log"];
  readonly execute: Abilities["execute"];
  readonly deadline: Deadline;

  constructor({ words, shared, log, execute }: Abilities, deadline: Deadline) {
    if (words !== undefined) this.words = words;
    this.shared = shared;
    this.log = log;
    this.execute = execute;
    this.deadline = deadline;
  }

  get signal(): AbortSignal {
    return this.deadline.signal;
  }
}

function createContext(route: NativeRoute, run: NativeRun, deadline: Deadline): CheckContext {
  const abilities: Abilities = {
    ...(route.words && { words: route.words }),
    shared: (value) => run.shared.get(value),
    log: (message) => run.log.debug({ check: route.name }, run.hide(message)),
    execute: async ({ timeoutMs }) => {
      if (route.nested === undefined || run.execute === undefined)
        throw new Error(`${route.name} has declared no command to execute`);
      return readCommandOutcome(await run.execute(route.nested, { timeoutMs, signal: deadline.signal }));
    },
  };
  return new NativeContext(abilities, deadline);
}

/** A check gets no outcome of a command that was not run. The check itself ends then. */
function readCommandOutcome(outcome: Outcome): CommandOutcome {
  switch (outcome.kind) {
    case "exited":
    case "signalled":
    case "timed-out":
      return outcome;
    case "not-compiled":
      return { kind: "exited", returnCode: UNKNOWN, stdout: renderNotCompiled(outcome), stderr: "" };
    case "refused":
      throw new CheckFailure(renderRefusal(outcome.refusal));
    case "too-old":
      throw new CheckFailure("the command was too old to be started");
    case "not-started":
      throw new NotStarted(outcome.lack);
    case "crashed":
      throw outcome.error;
  }
}

async function answer(route: NativeRoute, context: CheckContext): Promise<NativeOutcome> {
  try {
    return readOutput(route, await route.run(context));
  } catch (error) {
    if (error instanceof CheckFailure) return readFailure(route, error);
    if (error instanceof CheckDeclined) return readDecline(route, error);
    if (error instanceof NotStarted) return { kind: "not-started", lack: error.lack };
    return { kind: "crashed", error };
  }
}

function readFailure({ check }: NativeRoute, { state, message }: CheckFailure): ExitedOutcome {
  return { kind: "exited", returnCode: state, stdout: readText(check, message), stderr: "" };
}

function readDecline(
  route: NativeRoute,
  { message: reason, otherwise, cause }: CheckDeclined,
): DeclinedOutcome {
  const lack = lackOf(cause);
  return { kind: "declined", reason, lack, ...(otherwise && { otherwise: readFailure(route, otherwise) }) };
}

/** A site's own check may be written without types, so its answer is looked at here. */
function readOutput({ name, check }: NativeRoute, answered: CheckOutput): NativeOutcome {
  const { returnCode, output, stderr = "" }: Partial<CheckOutput> = answered ?? {};
  if (
    returnCode === undefined ||
    !Number.isInteger(returnCode) ||
    typeof output !== "string" ||
    typeof stderr !== "string"
  ) {
    throw new TypeError(
      `${name} gave no answer: its run has to return a report(), or { returnCode, output }`,
    );
  }
  return { kind: "exited", returnCode, stdout: readText(check, output), stderr: readText(check, stderr) };
}

/**
 * The bytes of a stand-in stay as they are, and Unicode text becomes UTF-8. The author of any other check
 * writes Unicode, but words of the command line in it are bytes, so each run of such characters is looked at.
 */
function readText({ replaces }: Pick<Check, "replaces">, text: string): ByteString {
  if (replaces === undefined) return text.replace(/[^\0-\x7f]+/g, readCharacters);
  return /[^\0-\xff]/.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text;
}

function readCharacters(text: string): ByteString {
  const isBytes = !/[^\0-\xff]/.test(text) && isUtf8(Buffer.from(text, "latin1"));
  return isBytes ? text : toByteString(text);
}
