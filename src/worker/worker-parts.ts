import { randomUUID } from "node:crypto";
import type { Check } from "../../sdk/check.ts";
import type { ByteString } from "../byte-string.ts";
import type { Config } from "../config/config.ts";
import { haveSameKey } from "../config/worker/key.ts";
import { Executor, type ExecutorLimits } from "../executor/executor.ts";
import { OutputRoom, roomOf } from "../executor/output-room.ts";
import type { GrabbedJob } from "../gearman/grabber/running-job.ts";
import type { Log } from "../log.ts";
import { Outbox } from "../result/outbox.ts";
import { Ending } from "./ending.ts";
import { EventHandlers } from "./handlers/event-handlers.ts";
import { InFlight } from "./in-flight.ts";
import { createJobLog } from "./job-log.ts";
import { KeptResults } from "./kept-results.ts";
import { LogThrottle } from "./log-throttle.ts";
import { NativeRuntime } from "./native-runtime.ts";
import { RecentJobs } from "./recent-jobs.ts";
import { ReplayGuard } from "./replay-guard.ts";
import { Summary } from "./reports/summary.ts";
import { Dupservers } from "./servers/dupservers.ts";
import { JobServers } from "./servers/job-servers.ts";
import { tellCrowded } from "./slots/crowded.ts";
import { createLoadGuard } from "./slots/host-load.ts";
import { Pool } from "./slots/pool.ts";
import { QueueLimits } from "./slots/queue-limits.ts";
import { Shortage } from "./slots/shortage.ts";
import { tellAll, type WorkerEvents, type WorkerListener } from "./worker-events.ts";

/** With so many results of its jobs undelivered a job server is asked for no more jobs. */
const MAX_UNDELIVERED = 5_000;

export interface WorkerPartsOptions {
  readonly checks: readonly Check[];
  /** The URL of a module with SNMP and SSH sessions for the checks of a site. */
  readonly sessions?: string | undefined;
  readonly log: Log;
  /** They are told what happens, after the log. */
  readonly listeners?: readonly WorkerListener[];
  /** The configuration as it is now. */
  readonly config: () => Config;
  readonly onJob: (job: GrabbedJob) => void;
  /** The text that answers a job of the status queue. */
  readonly renderStatus: () => ByteString;
}

/** What a worker is made of. Each part lives as long as the worker, whatever its configuration. */
export interface WorkerParts {
  readonly log: Log;
  readonly events: WorkerEvents;
  readonly pool: Pool;
  readonly limits: QueueLimits;
  readonly shortage: Shortage;
  readonly ending: Ending;
  readonly executor: Executor;
  /** Of long outputs, until a job server has taken the results. */
  readonly room: OutputRoom;
  readonly native: NativeRuntime;
  readonly outbox: Outbox;
  readonly kept: KeptResults;
  readonly jobServers: JobServers;
  readonly dupservers: Dupservers;
  readonly inFlight: InFlight;
  readonly recent: RecentJobs;
  readonly summary: Summary;
  /** Knows the jobs of before a reload, too. */
  readonly replays: ReplayGuard;
  readonly handlers: EventHandlers;
}

/** So many jobs may wait for a place at their target, without a slot. */
const MAX_AT_TARGETS = 5_000;

/** Makes the parts and connects them with one another. Nothing is started yet. */
export function createWorkerParts(options: WorkerPartsOptions): WorkerParts {
  const { checks, sessions, log, listeners = [], config, onJob, renderStatus } = options;
  const throttle = new LogThrottle(log);
  const recent = new RecentJobs();
  const inFlight = new InFlight();
  const findMarks = (name: string) => native.shelf.find(name);
  const handlers = new EventHandlers({ settings: config(), throttle, findMarks });
  const summary = new Summary({ log, read: () => ({ done: inFlight.ended, waiting: outbox.size }) });
  const events = tellAll(
    [
      createJobLog({ log, throttle, findMarks }),
      handlers.listener,
      recent.listener,
      summary.listener,
      ...listeners,
    ],
    throttle,
  );
  const mayGrow = createLoadGuard(config, throttle);
  const pool: Pool = new Pool(config(), {
    mayGrow: () => shortage.size === 0 && mayGrow(),
    onRoom: () => jobServers.wake(),
    onCrowded: tellCrowded(log, () => config().maxWorker),
  });
  const limits = new QueueLimits(config().queueMaxWorker);
  const shortage = new Shortage({
    throttle,
    onShort: () => pool.shrink(pool.busy - shortage.size),
    onOver: () => jobServers.wake(),
  });
  const mostBytes = roomOf(process.constrainedMemory());
  const jobServers: JobServers = new JobServers({
    log,
    events,
    onJob,
    renderStatus,
    room: (server) => {
      const waiting = outbox.amountOf(server);
      const isFull = waiting.results >= MAX_UNDELIVERED || waiting.bytes >= mostBytes || kept.isFull;
      const isCrowded = shortage.size > 0 || native.targets.waiting >= MAX_AT_TARGETS;
      return isFull || isCrowded ? 0 : pool.room;
    },
    queueRoom: (queue) => limits.room(queue),
    onResultsOpen: () => outbox.flush(),
  });
  const maxAge = () => config().resultMaxAge;
  const kept = new KeptResults({ log, config, outbox: () => outbox, jobServers: () => jobServers });
  const outbox: Outbox = new Outbox({
    keeper: kept,
    maxAge,
    destinations: () => jobServers.current,
    retired: () => jobServers.retired,
    sharesKey: (server, other) => haveSameKey(config(), server, other),
    log,
    prefix: randomUUID(),
  });
  const room = new OutputRoom();
  const native = new NativeRuntime({ checks, sessions, log, onLongWait: events.waited });
  return {
    log,
    events,
    native,
    pool,
    limits,
    shortage,
    jobServers,
    outbox,
    room,
    kept,
    ending: new Ending(),
    executor: new Executor({ log, room, isGuarded: true, ...executorLimits(config()) }),
    dupservers: new Dupservers({ log, throttle, maxAge }),
    inFlight,
    recent,
    summary,
    handlers,
    replays: new ReplayGuard(),
  };
}

export function executorLimits({ minWorker, idleTimeout, warmMax, warmMemory }: Config): ExecutorLimits {
  return { warm: minWorker, idleTimeout, templates: { most: warmMax, memoryMib: warmMemory } };
}
