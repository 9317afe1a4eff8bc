import type { WaitStatus } from "../../sdk/waits.ts";
import type { ConfigDiff } from "../config/diff.ts";
import type { GrabbedJob } from "../gearman/grabber/running-job.ts";
import type { Job } from "../job/job.ts";
import type { JudgeSettings } from "../result/judge.ts";
import type { LateLoop } from "../run/loop-watch.ts";
import type { JobRun } from "../run/run.ts";
import type { LogThrottle } from "./log-throttle.ts";

/** The settings a job was run with. A reload does not change them for jobs that are under way. */
export interface JobSettings {
  /** Seconds; 0: no limit. */
  readonly maxAge: number;
  readonly judge: JudgeSettings;
}

/** A job that had its turn. */
export interface PerformedJob {
  readonly job: Job;
  readonly ran: JobRun;
  readonly settings: JobSettings;
  /** The queue it came from. */
  readonly queue: string;
}

/**
 * What happens in a worker, told once each, as facts. A listener takes those it wants, with plain functions:
 * they are called without `this`, and while the worker waits, so they must be quick. An error that one throws
 * is logged and does no harm to the job.
 */
export interface WorkerEvents {
  /** A job had its turn: its command was run, or was not run because it was refused or too old. */
  readonly ran: (performed: PerformedJob) => void;
  /** A native check of this name left its answer to the plugin. */
  readonly declined: (check: string, reason: string) => void;
  /** A check has waited for a second or longer inside the worker, for what `waits` of its status names. */
  readonly waited: (what: string, status: WaitStatus) => void;
  /** The event loop was late by more than a second while checks of the worker were under way. */
  readonly late: (late: LateLoop) => void;
  /** A job could not be read, and was failed. */
  readonly unreadable: (job: GrabbedJob, error: unknown) => void;
  /** A job server has just accepted the job's result. */
  readonly delivered: (job: Job, ran: JobRun) => void;
  /** A job was failed: no job server accepted its result, or the worker has a fault. */
  readonly failed: (job: GrabbedJob, error: unknown) => void;
  /** A new configuration is in use. The lists name the options that differ. */
  readonly reloaded: (changed: ConfigDiff) => void;
  /** A job server, `host:port`, has answered for the first time on a connection. */
  readonly connected: (jobServer: string) => void;
  /** The connection to a job server, `host:port`, is lost. It is tried again. */
  readonly lost: (jobServer: string) => void;
}

export type WorkerListener = Partial<WorkerEvents>;

/**
 * Tells each event to the listeners that take it, in their order. An event that no listener takes costs
 * nothing.
 */
export function tellAll(
  listeners: readonly WorkerListener[],
  throttle: Pick<LogThrottle, "error">,
): WorkerEvents {
  const teller = <Facts extends readonly unknown[]>(
    event: keyof WorkerEvents,
    pick: (listener: WorkerListener) => ((...facts: Facts) => void) | undefined,
  ) => {
    const takers = listeners.flatMap((listener) => pick(listener) ?? []);
    return (...facts: Facts): void => {
      for (const take of takers) {
        try {
          take(...facts);
        } catch (error) {
          throttle.error(
            `listener ${event}`,
            { err: error },
            `a listener of the event '${event}' has failed`,
          );
        }
      }
    };
  };
  return {
    ran: teller("ran", ({ ran }) => ran),
    declined: teller("declined", ({ declined }) => declined),
    waited: teller("waited", ({ waited }) => waited),
    late: teller("late", ({ late }) => late),
    unreadable: teller("unreadable", ({ unreadable }) => unreadable),
    delivered: teller("delivered", ({ delivered }) => delivered),
    failed: teller("failed", ({ failed }) => failed),
    reloaded: teller("reloaded", ({ reloaded }) => reloaded),
    connected: teller("connected", ({ connected }) => connected),
    lost: teller("lost", ({ lost }) => lost),
  };
}
