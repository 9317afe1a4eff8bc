import { type ByteString, fromByteString } from "../../byte-string.ts";
import type { EffectiveOption } from "../../config/render/effective.ts";
import type { QueueLimitStatus } from "../../worker/slots/queue-limits.ts";
import type { TargetsStatus, WorkerStatus } from "../../worker/worker-status.ts";
import type { CheckCount } from "../counts/check-counts.ts";
import type { Point } from "../counts/history.ts";
import type { Observer } from "../counts/observer.ts";
import type { RouteCount } from "../counts/route-counts.ts";
import type { SlowRun } from "../counts/slowest-runs.ts";
import { findWrong } from "../wrong/find-wrong.ts";
import type { Finding } from "../wrong/finding.ts";
import type { LogTail } from "./log-tail.ts";
import type { PageQueues } from "./queues.ts";

/** A job under way. There is no command line. */
export interface PageJob {
  /** `host - service`, or the host. Undefined until the job is read, or if it has none. */
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly queue: string;
  /** Seconds since it was taken. */
  readonly age: number;
}

export interface PageSlowRun extends Pick<SlowRun, "seconds" | "isTimedOut" | "time"> {
  readonly name: string;
}

type Kept = "version" | "state" | "since" | "slots" | "outbox" | "jobServers" | "dupservers" | "lastReload";

/** What a viewer is sent every two seconds. Times and ages are seconds. */
export interface Snapshot extends Pick<WorkerStatus, Kept> {
  /** When it was made, in seconds since the epoch. */
  readonly time: number;
  readonly identifier: string;
  readonly stage?: string;
  readonly hostName: string;
  readonly jobs: {
    readonly taken: number;
    readonly done: number;
    readonly orphaned: number;
    readonly inFlight: number;
    /** The oldest hundred. */
    readonly oldest: readonly PageJob[];
  };
  readonly pools: {
    readonly shells: { readonly busy: number; readonly idle: number };
    readonly templates: number;
    /** What native checks share. */
    readonly shared: readonly string[];
  };
  readonly waits: WorkerStatus["native"]["waits"];
  readonly setAside: WorkerStatus["native"]["setAside"];
  /** Queues with a limit, and hosts that as many native checks ask as may. */
  readonly limits: {
    readonly queues: readonly QueueLimitStatus[];
    readonly targets: TargetsStatus;
  };
  readonly shadow: WorkerStatus["shadow"];
  /** The gravest first; empty if nothing is wrong. */
  readonly wrong: readonly Finding[];
  readonly queues: PageQueues;
  readonly slowestChecks: readonly CheckCount[];
  readonly mostFailing: readonly CheckCount[];
  readonly slowestRuns: readonly PageSlowRun[];
  readonly routes: readonly RouteCount[];
  /** The ten seconds that are not over. */
  readonly present: Point;
  /** The points and lines that are new; in the first snapshot of a viewer all there are. */
  readonly points: readonly Point[];
  readonly log: readonly string[];
  /** All options, secrets masked. Only in a viewer's first snapshot, and after a change. */
  readonly config?: readonly EffectiveOption[];
}

export interface SnapshotParts {
  readonly status: WorkerStatus;
  readonly queues: PageQueues;
  readonly observer: Pick<Observer, "history" | "checks" | "routes" | "slowest" | "troubles">;
  readonly tail: Pick<LogTail, "lines">;
  /** When a reload has failed, in seconds since the epoch; undefined if the last one did not. */
  readonly failedReload: number | undefined;
  /** What the viewers have already: so many points, so many lines of the log. */
  readonly seen: { readonly points: number; readonly lines: number };
  readonly config: readonly EffectiveOption[] | undefined;
}

const MAX_JOBS = 100;

export function makeSnapshot(parts: SnapshotParts): Snapshot {
  const { status, queues, observer, tail, failedReload, seen, config } = parts;
  const now = Date.now() / 1000;
  const { version, state, since, slots, outbox, jobServers, dupservers, lastReload } = status;
  const { executor, native, shadow, identifier, stage } = status;
  const { history, checks, routes, slowest, troubles } = observer;
  return {
    version,
    state,
    since,
    slots,
    outbox,
    jobServers,
    dupservers,
    lastReload,
    queues,
    shadow,
    time: now,
    identifier: fromByteString(identifier),
    hostName: status.hostName,
    ...(stage !== undefined && { stage: fromByteString(stage) }),
    wrong: findWrong({ status, queues, troubles, failedReload, now }),
    jobs: jobsOf(status),
    pools: { shells: executor.shells, templates: executor.templates, shared: native.shared },
    waits: native.waits,
    setAside: native.setAside,
    limits: limitsOf(status),
    slowestChecks: checks.slowest,
    mostFailing: checks.mostFailing,
    routes: routes.told,
    slowestRuns: slowest.told.map(({ hostName, serviceDescription, ...run }) => ({
      ...run,
      name: nameOf(hostName, serviceDescription) ?? "",
    })),
    present: history.look(status.jobs.inFlight.length),
    points: history.points(seen.points),
    log: tail.lines(seen.lines),
    ...(config !== undefined && { config }),
  };
}

function limitsOf({ slots, native }: WorkerStatus): Snapshot["limits"] {
  const { most = 0, full = [] } = native.targets ?? {};
  return {
    queues: (slots.queues ?? []).map((one) => ({ ...one, queue: fromByteString(one.queue) })),
    targets: { most, full: full.map((one) => ({ ...one, target: fromByteString(one.target) })) },
  };
}

function jobsOf({ jobs: { taken, done, orphaned, inFlight } }: WorkerStatus): Snapshot["jobs"] {
  const oldest = inFlight.slice(0, MAX_JOBS).map(({ hostName, serviceDescription, type, queue, age }) => ({
    name: nameOf(hostName, serviceDescription),
    type: type && fromByteString(type),
    queue: fromByteString(queue),
    age,
  }));
  return { taken, done, orphaned, inFlight: inFlight.length, oldest };
}

function nameOf(host: ByteString | undefined, service: ByteString | undefined): string | undefined {
  if (host === undefined) return undefined;
  return fromByteString(service === undefined ? host : `${host} - ${service}`);
}
