import type { WaitStatus } from "../../sdk/waits.ts";
import type { Config } from "../config/config.ts";
import type { ConfigDiff } from "../config/diff.ts";
import type { ExecutorStatus } from "../executor/executor.ts";
import type { SpoolStatus } from "../result/spool/spool.ts";
import type { ShadowReport } from "../run/shadow.ts";
import type { SetAsideFile } from "../run/site/threads/strikes.ts";
import type { FullTarget } from "../run/target-places.ts";
import type { JobInFlight } from "./in-flight.ts";
import type { RecentStatus } from "./recent-jobs.ts";
import type { DupserverStatus } from "./servers/dupserver.ts";
import type { JobServerStatus } from "./servers/job-servers.ts";
import type { QueueLimitStatus } from "./slots/queue-limits.ts";
import type { WorkerParts } from "./worker-parts.ts";

/** Seconds since the epoch. */
export interface CertificateStatus {
  /** `ca`: the authority in tls_ca_file that counts longest. */
  readonly certificate: "client" | "ca";
  readonly from: number;
  readonly to: number;
}

/**
 * What a worker is doing: one frozen snapshot of plain data, the source of everything that shows a worker's
 * state. Ages are seconds; times are seconds since the epoch. Texts from jobs and worker.conf are byte
 * strings.
 */
export interface WorkerStatus {
  readonly identifier: string;
  /** Undefined: worker.conf names none. */
  readonly stage?: string;
  readonly version: string;
  readonly hostName: string;
  readonly state: WorkerState;
  /** When the worker was made, in seconds since the epoch. */
  readonly since: number;
  readonly slots: SlotStatus;
  readonly jobs: JobCounts;
  readonly recent: RecentStatus;
  readonly outbox: OutboxStatus;
  /** In the order of the configuration; those of an earlier configuration come last. */
  readonly jobServers: readonly JobServerStatus[];
  readonly dupservers: readonly DupserverStatus[];
  readonly executor: ExecutorStatus;
  readonly native: NativeStatus;
  readonly shadow: ShadowReport;
  /** Of the files of TLS for job servers. Without TLS there is none. */
  readonly certificates: readonly CertificateStatus[];
  /** Undefined until the first reload. */
  readonly lastReload: ReloadStatus | undefined;
}

/**
 * - *made*: not started yet.
 * - *open*: it takes jobs, if a job server answers.
 * - *drained*: it takes none until it is told to go on; those under way are finished.
 * - *stopping*: it finishes the jobs under way.
 * - *stopped*: everything is closed.
 */
export type WorkerState = "made" | "open" | "drained" | "stopping" | "stopped";

/** Whether jobs can come: a job server of the present configuration is connected and answers. */
export function hasJobServer(
  jobServers: readonly (Pick<JobServerStatus, "isConnected" | "isSilent"> &
    Partial<Pick<JobServerStatus, "isRetired">>)[],
): boolean {
  return jobServers.some(
    ({ isConnected, isSilent, isRetired = false }) => isConnected && !isSilent && !isRetired,
  );
}

/** The slots: how many jobs may run at once. */
export interface SlotStatus {
  /** Slots there are now. */
  readonly size: number;
  readonly busy: number;
  /** `min-worker`. */
  readonly min: number;
  /** `max-worker`. */
  readonly max: number;
  /** Queues of which fewer jobs may run at once. Absent if there are none. */
  readonly queues?: readonly QueueLimitStatus[];
}

export interface JobCounts {
  /** Since the start. */
  readonly taken: number;
  /** Since the start, however they ended. */
  readonly done: number;
  /** Jobs that run although their connection is lost. They are in `inFlight`, too. */
  readonly orphaned: number;
  /** Taken and not done, the oldest first. */
  readonly inFlight: readonly JobInFlight[];
}

/** Results that no job server has accepted yet. */
export interface OutboxStatus {
  readonly size: number;
  /** Seconds the oldest result has been waiting; 0 if there is none. */
  readonly oldestAge: number;
  /** Absent without `result_spool`. */
  readonly spool?: SpoolStatus;
}

export interface NativeStatus {
  /** Names of what native checks share, such as pools of connections, in the order of their creation. */
  readonly shared: readonly string[];
  /** Where checks may wait inside the worker, by what they wait for: `ssh logins`. */
  readonly waits: Readonly<Record<string, WaitStatus>>;
  /** Files of the site that have ended their threads again and again. */
  readonly setAside: readonly SetAsideFile[];
  /** Absent without `native_target_max`. */
  readonly targets?: TargetsStatus;
}

/** The targets of native checks. */
export interface TargetsStatus {
  /** How many checks may ask one of them. */
  readonly most: number;
  /** At most 20 that as many ask, those with the most checks that wait first. */
  readonly full: readonly FullTarget[];
}

export interface ReloadStatus {
  /** Seconds since the epoch. */
  readonly time: number;
  /** Names of the options that differed. */
  readonly changed: ConfigDiff;
}

/** What the parts of a worker cannot tell. */
export interface StatusFacts {
  readonly version: string;
  readonly hostName: string;
  readonly state: WorkerState;
  readonly config: Config;
  /** Seconds since the epoch. */
  readonly since: number;
  readonly lastReload: ReloadStatus | undefined;
}

export function readStatus(parts: WorkerParts, facts: StatusFacts): WorkerStatus {
  const { pool, limits, inFlight, recent, outbox, kept, jobServers, dupservers, executor, native } = parts;
  const spool = kept.status;
  const queues = limits.status;
  const { config, version, hostName, state, since, lastReload } = facts;
  const { identifier, stage, minWorker: min, maxWorker: max } = config;
  return freeze({
    identifier,
    ...(stage !== undefined && { stage }),
    version,
    hostName,
    state,
    since,
    slots: { size: pool.size, busy: pool.busy, min, max, ...(queues.length > 0 && { queues }) },
    jobs: {
      taken: jobServers.taken,
      done: inFlight.ended,
      orphaned: jobServers.orphaned,
      inFlight: inFlight.status,
    },
    recent: recent.status,
    outbox: { size: outbox.size, oldestAge: outbox.oldestAge, ...(spool && { spool }) },
    jobServers: jobServers.status,
    dupservers: dupservers.status,
    executor: executor.status,
    native: {
      shared: native.shared.names,
      waits: native.waits,
      setAside: native.shelf.setAside,
      ...(config.nativeTargetMax > 0 && {
        targets: { most: config.nativeTargetMax, full: native.targets.full },
      }),
    },
    shadow: native.shadow.report,
    certificates: certificatesOf(config),
    lastReload,
  });
}

/** All servers have the same files. */
function certificatesOf({ server, dupserver }: Config): readonly CertificateStatus[] {
  const { validities } = [...server, ...dupserver].find(({ tls }) => tls !== undefined)?.tls ?? {};
  return (["client", "ca"] as const).flatMap((certificate) => {
    const validity = validities?.[certificate];
    if (validity === undefined) return [];
    const [from, to] = [validity.validFromDate, validity.validToDate].map((date) => date.getTime() / 1000);
    return from === undefined || to === undefined ? [] : { certificate, from, to };
  });
}

/** Freezes a value and everything it holds. */
function freeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
