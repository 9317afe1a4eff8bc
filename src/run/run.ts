import type { SharedValues } from "../../plugins/sdk/shared.ts";
import type { Job } from "../job/job.ts";
import type { Log } from "../log.ts";
import type { Assignment } from "./command-line.ts";
import { notificationEnvironment } from "./environment.ts";
import type { Executor } from "./executor.ts";
import { runNative } from "./native.ts";
import type { Outcome, Via } from "./outcome.ts";
import type { Route, Router } from "./route.ts";

/** A run: what happened, which way it went and when. Times are seconds since the epoch. */
export interface Ran {
  readonly outcome: Outcome;
  readonly via: Via | undefined;
  readonly startTime: number;
  readonly finishTime: number;
}

export interface RunnerOptions {
  readonly router: Router;
  readonly executor: Pick<Executor, "run">;
  readonly shared: Pick<SharedValues, "get">;
  readonly log: Log;
}

/** Runs a job's command. `timeout` in seconds. */
export type Runner = (job: Job, timeout: number) => Promise<{ readonly outcome: Outcome; readonly via: Via }>;

export function createRunner({ router, executor, shared, log }: RunnerOptions): Runner {
  const follow = async (
    route: Route,
    env: readonly Assignment[],
    timeout: number,
    signal?: AbortSignal,
  ): Promise<Outcome> => {
    switch (route.via) {
      case "native":
        return runNative(route, {
          timeoutMs: timeout * 1000,
          log,
          shared,
          signal,
          execute: (nested, limits) =>
            follow(nested, env, Math.min(limits.timeoutMs / 1000, timeout), limits.signal),
        });
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
  };
  return async (job, timeout) => {
    const route = router(job);
    return { outcome: await follow(route, notificationEnvironment(job), timeout), via: route.via };
  };
}
