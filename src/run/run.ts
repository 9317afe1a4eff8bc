import type { SharedValues } from "../../sdk/shared.ts";
import type { Assignment } from "../executor/command.ts";
import type { Executor } from "../executor/executor.ts";
import type { Job } from "../job/job.ts";
import type { Log } from "../log.ts";
import type { Outcome, Via } from "../outcome.ts";
import { notificationEnvironment } from "./environment.ts";
import { type NativeOutcome, runNative } from "./native.ts";
import type { NativeRoute, Route } from "./route.ts";
import type { Router } from "./router.ts";
import type { Shadow } from "./shadow.ts";
import { Turns } from "./turns.ts";

/** A run: what happened, which way it went and when. Times are seconds since the epoch. */
export interface Ran {
  readonly outcome: Outcome;
  readonly via: Via | undefined;
  /** Why it went that way, in words. */
  readonly why: string;
  readonly startTime: number;
  readonly finishTime: number;
}

export interface RunnerOptions {
  readonly router: Router;
  readonly executor: Pick<Executor, "run">;
  readonly shared: Pick<SharedValues, "get">;
  readonly log: Log;
  /** Hears of native checks that leave their answer to the plugin. */
  readonly onDeclined?: ((check: string, reason: string) => void) | undefined;
  /** Looks at plugins' answers for which a native check stands by. */
  readonly shadow?: Pick<Shadow, "follow"> | undefined;
}

/** What happened, and which way it went. */
export type Followed = Pick<Ran, "outcome"> & { readonly via: Via; readonly why: string };

/** Runs a job's command. `timeout` in seconds. */
export type Runner = (job: Job, timeout: number) => Promise<Followed>;

/** What a run has beside its route. */
interface Surroundings {
  readonly env: readonly Assignment[];
  /** Seconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

export function createRunner(options: RunnerOptions): Runner {
  const { router, executor, shared, log, onDeclined, shadow } = options;
  const turns = new Turns();

  const answer = (route: NativeRoute, { env, timeout, signal }: Surroundings): Promise<NativeOutcome> => {
    const run = () =>
      runNative(route, {
        timeoutMs: timeout * 1000,
        log,
        shared,
        signal,
        execute: async (nested, limits) => {
          const limit = Math.min(limits.timeoutMs / 1000, timeout);
          return (await follow(nested, { env, timeout: limit, signal: limits.signal })).outcome;
        },
      });
    const turn = turns.enter();
    return turn === undefined ? run() : turn.then(run);
  };

  const follow = async (route: Route, surroundings: Surroundings): Promise<Followed> => {
    const { via, why } = route;
    if (via !== "native") return { outcome: await execute(route, executor, surroundings), via, why };
    const startMs = performance.now();
    const outcome = await answer(route, surroundings);
    if (outcome.kind !== "declined" && !isFault(route, outcome, surroundings)) return { outcome, via, why };
    const reason = outcome.kind === "declined" ? outcome.reason : `it failed: ${outcome.error}`;
    onDeclined?.(route.name, reason);
    if (route.isAlone) return { outcome: refuseAlone(route, reason), via, why };
    const fallback = { ...route.fallback, why: `the native check declined: ${reason}` };
    const timeout = surroundings.timeout - (performance.now() - startMs) / 1000;
    const followed = await follow(fallback, { ...surroundings, timeout });
    if (followed.outcome.kind !== "timed-out") return followed;
    return { ...followed, outcome: { ...followed.outcome, after: surroundings.timeout } };
  };

  return async (job, timeout) => {
    const route = router(job);
    const surroundings = { env: notificationEnvironment(job), timeout };
    const followed = await follow(route, surroundings);
    if (route.via === "plugin" && route.shadow !== undefined) {
      const native = route.shadow;
      shadow?.follow(job, native, followed.outcome, (signal) => answer(native, { ...surroundings, signal }));
    }
    return followed;
  };
}

/**
 * A fault of the check itself costs nothing where the plugin can answer; but nothing is executed a second time, and nobody
 * is asked for whom nobody waits any more.
 */
function isFault(
  { nested, keepsState, isAlone }: NativeRoute,
  outcome: Outcome,
  { signal }: Surroundings,
): outcome is Extract<Outcome, { kind: "crashed" }> {
  const mayRepeat = nested === undefined && !keepsState && isAlone !== true && signal?.aborted !== true;
  return outcome.kind === "crashed" && mayRepeat;
}

/** Nobody can answer: that is UNKNOWN, and no missing plugin's CRITICAL. */
function refuseAlone({ name, argv: [path] }: NativeRoute, reason: string): Outcome {
  return { kind: "refused", reason: `UNKNOWN - ${name}: ${reason}, and there is no ${path}` };
}

function execute(
  route: Exclude<Route, NativeRoute>,
  executor: RunnerOptions["executor"],
  { env, timeout, signal }: Surroundings,
): Promise<Outcome> | Outcome {
  switch (route.via) {
    case "warm":
      return executor.run({ ...route, env }, timeout, signal);
    case "plugin":
      return executor.run(
        { via: "plugin", argv: route.argv, env: env.length === 0 ? route.env : [...env, ...route.env] },
        timeout,
        signal,
      );
    case "shell":
      return executor.run({ via: "shell", commandLine: route.commandLine, env }, timeout, signal);
    case "refuse":
      return { kind: "refused", reason: route.reason };
  }
}
