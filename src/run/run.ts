import type { Job } from "../job/job.ts";
import type { Log } from "../log.ts";
import type { Assignment } from "./command-line.ts";
import { notificationEnvironment } from "./environment.ts";
import { runNative } from "./native.ts";
import type { Outcome, Via } from "./outcome.ts";
import type { Route, Router } from "./route.ts";
import type { Shells } from "./shells.ts";

/** A run: what happened, which way it went and when. Times are seconds since the epoch. */
export interface Ran {
  readonly outcome: Outcome;
  readonly via: Via | undefined;
  readonly startTime: number;
  readonly finishTime: number;
}

export interface RunnerOptions {
  readonly router: Router;
  readonly shells: Pick<Shells, "run">;
  readonly log: Log;
}

/** Runs a job's command. `timeout` in seconds. */
export type Runner = (job: Job, timeout: number) => Promise<{ readonly outcome: Outcome; readonly via: Via }>;

export function createRunner({ router, shells, log }: RunnerOptions): Runner {
  const follow = async (route: Route, env: readonly Assignment[], timeout: number): Promise<Outcome> => {
    switch (route.via) {
      case "native":
        return runNative(route, {
          timeoutMs: timeout * 1000,
          log,
          execute: (nested, { timeoutMs }) => follow(nested, env, Math.min(timeoutMs / 1000, timeout)),
        });
      case "plugin":
        return shells.run(
          { via: "plugin", argv: route.argv, env: env.length === 0 ? route.env : [...env, ...route.env] },
          timeout,
        );
      case "shell":
        return shells.run({ via: "shell", commandLine: route.commandLine, env }, timeout);
      case "refuse":
        return { kind: "refused", reason: route.reason };
    }
  };
  return async (job, timeout) => {
    const route = router(job);
    return { outcome: await follow(route, notificationEnvironment(job), timeout), via: route.via };
  };
}
