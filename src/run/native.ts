import type { CheckContext, CheckOutput, CommandOutcome } from "../../sdk/check.ts";
import { MAX_TIMEOUT_MS } from "../../sdk/deadline.ts";
import { CheckDeclined, CheckFailure } from "../../sdk/failure.ts";
import type { SharedValues } from "../../sdk/shared.ts";
import type { ByteString } from "../byte-string.ts";
import type { Log } from "../log.ts";
import type { Outcome } from "../outcome.ts";
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

/** What a native check comes to; `declined`: it left the answer to the plugin. */
export type NativeOutcome = Outcome | { readonly kind: "declined"; readonly reason: string };

/** Runs a native check. The outcome is there when time is up, even if the check is not through. */
export function runNative(route: NativeRoute, run: NativeRun): Promise<NativeOutcome> {
  if (run.signal?.aborted) return Promise.resolve({ kind: "crashed", error: run.signal.reason });
  const deadline = new Deadline();
  const { promise, resolve } = Promise.withResolvers<NativeOutcome>();
  const finish = (outcome: NativeOutcome) => {
    clearTimeout(timer);
    run.signal?.removeEventListener("abort", cancel);
    resolve(outcome);
  };
  const stop = (outcome: Outcome, reason: unknown) => {
    finish(outcome);
    deadline.abort(reason);
  };
  const timer = setTimeout(
    () => stop({ kind: "timed-out", after: run.timeoutMs / 1000, stdout: "", stderr: "" }, "time is up"),
    Math.min(run.timeoutMs, MAX_TIMEOUT_MS),
  );
  const cancel = () => stop({ kind: "crashed", error: run.signal?.reason }, run.signal?.reason);
  run.signal?.addEventListener("abort", cancel, { once: true });
  answer(route, createContext(route, run, deadline)).then(finish);
  return promise;
}

/** An AbortController, made for those checks only that look at it. */
class Deadline {
  #controller: AbortController | undefined;
  #abortion: { readonly reason: unknown } | undefined;

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortion !== undefined) this.#controller.abort(this.#abortion.reason);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#abortion = { reason };
    this.#controller?.abort(reason);
  }
}

function createContext(route: NativeRoute, run: NativeRun, deadline: Deadline): CheckContext {
  return {
    get signal() {
      return deadline.signal;
    },
    shared: (value) => run.shared.get(value),
    log: (message) => run.log.debug({ check: route.name }, message),
    execute: async ({ timeoutMs }) => {
      if (route.nested === undefined) throw new Error(`${route.name} has declared no command to execute`);
      return readCommandOutcome(await run.execute(route.nested, { timeoutMs, signal: deadline.signal }));
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

async function answer(route: NativeRoute, context: CheckContext): Promise<NativeOutcome> {
  try {
    return readOutput(route.name, await route.run(context));
  } catch (error) {
    if (error instanceof CheckFailure) {
      return { kind: "exited", returnCode: error.state, stdout: readText(error.message), stderr: "" };
    }
    if (error instanceof CheckDeclined) return { kind: "declined", reason: error.message };
    return { kind: "crashed", error };
  }
}

/** A site's own check is not typed: what it gives is looked at before it is believed. */
function readOutput(name: string, answered: CheckOutput): Outcome {
  const { returnCode, output, stderr = "" }: Partial<CheckOutput> = answered ?? {};
  if (
    returnCode === undefined ||
    !Number.isInteger(returnCode) ||
    typeof output !== "string" ||
    typeof stderr !== "string"
  ) {
    throw new TypeError(`${name} gave no return code and output`);
  }
  return { kind: "exited", returnCode, stdout: readText(output), stderr: readText(stderr) };
}

/** Byte strings stay as they are; Unicode text becomes UTF-8. */
function readText(text: string): ByteString {
  return /[^\0-\xff]/.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text;
}
