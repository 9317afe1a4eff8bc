import type { CheckContext, CheckOutput, CommandOutcome } from "../../plugins/sdk/check.ts";
import { CheckFailure } from "../../plugins/sdk/failure.ts";
import type { SharedValues } from "../../plugins/sdk/shared.ts";
import type { ByteString } from "../byte-string.ts";
import type { Log } from "../log.ts";
import type { Outcome } from "./outcome.ts";
import type { NativeRoute, Route } from "./route.ts";

export interface NativeRun {
  readonly timeoutMs: number;
  readonly log: Pick<Log, "debug">;
  /** What checks keep for one another, as connections. */
  readonly shared: Pick<SharedValues, "get">;
  /** Runs the command a check has declared, as any other: the worker's own road. */
  readonly execute: (route: Route, limits: ExecuteLimits) => Promise<Outcome>;
  /** Aborted when nobody waits for the answer any more; its reason becomes the outcome's error. */
  readonly signal?: AbortSignal | undefined;
}

export interface ExecuteLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The longest time setTimeout takes. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** Runs a native check. The outcome is there when time is up, even if the check is not through. */
export async function runNative(route: NativeRoute, run: NativeRun): Promise<Outcome> {
  if (run.signal?.aborted) return { kind: "crashed", error: run.signal.reason };
  const deadline = new AbortController();
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const stop = (outcome: Outcome, reason: unknown) => {
    resolve(outcome);
    deadline.abort(reason);
  };
  const timer = setTimeout(
    () => stop({ kind: "timed-out", after: run.timeoutMs / 1000, stdout: "", stderr: "" }, "time is up"),
    Math.min(run.timeoutMs, MAX_TIMEOUT_MS),
  );
  const cancel = () => stop({ kind: "crashed", error: run.signal?.reason }, run.signal?.reason);
  run.signal?.addEventListener("abort", cancel, { once: true });
  answer(route, createContext(route, run, deadline.signal)).then(resolve);
  return promise.finally(() => {
    clearTimeout(timer);
    run.signal?.removeEventListener("abort", cancel);
  });
}

function createContext(route: NativeRoute, run: NativeRun, signal: AbortSignal): CheckContext {
  return {
    signal,
    shared: (value) => run.shared.get(value),
    log: (message) => run.log.debug({ check: route.name }, message),
    execute: async ({ timeoutMs }) => {
      if (route.nested === undefined) throw new Error(`${route.name} has declared no command to execute`);
      return readCommandOutcome(await run.execute(route.nested, { timeoutMs, signal }));
    },
  };
}

function readCommandOutcome(outcome: Outcome): CommandOutcome {
  switch (outcome.kind) {
    case "exited":
    case "signalled":
    case "timed-out":
      return outcome;
    case "refused":
      throw new CheckFailure(outcome.reason);
    case "too-old":
      throw new CheckFailure("the command was too old to be started");
    case "crashed":
      throw outcome.error;
  }
}

async function answer(route: NativeRoute, context: CheckContext): Promise<Outcome> {
  try {
    return readOutput(route.name, await route.run(context));
  } catch (error) {
    if (error instanceof CheckFailure) {
      return { kind: "exited", returnCode: error.state, stdout: readText(error.message), stderr: "" };
    }
    return { kind: "crashed", error };
  }
}

/** A site's own check is not typed: what it gives is looked at before it is believed. */
function readOutput(name: string, { returnCode, output, stderr = "" }: CheckOutput): Outcome {
  if (!Number.isInteger(returnCode) || typeof output !== "string" || typeof stderr !== "string") {
    throw new TypeError(`${name} gave no return code and output`);
  }
  return { kind: "exited", returnCode, stdout: readText(output), stderr: readText(stderr) };
}

/** Byte strings stay as they are; Unicode text becomes UTF-8. */
function readText(text: string): ByteString {
  return /[^\0-\xff]/.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text;
}
