import { MAX_TIMEOUT_MS } from "../../../sdk/deadline.ts";
import type { Config } from "../../config/config.ts";
import type { ConnectionTiming } from "../../gearman/connection.ts";
import type { ServerAddress } from "../../gearman/server-address.ts";
import { queueNames } from "../../job/queues.ts";

/** A configuration as the job servers see it. */
export interface JobServerSettings {
  /** In the order of the configuration. */
  readonly servers: readonly ServerAddress[];
  /** The first queue is served first. */
  readonly queues: readonly string[];
  /** Those of them that have a limit of their own. */
  readonly limited?: readonly string[];
  readonly statusQueue: string;
  readonly timing: Partial<ConnectionTiming>;
  /** Jobs of a steady flow are taken in groups, so many milliseconds apart. */
  readonly grabIntervalMs: number;
}

/** A configuration as the dupservers see it. */
export interface DupserverSettings {
  readonly servers: readonly ServerAddress[];
  /** How many copies are kept for each dupserver while it is away. */
  readonly limit: number;
  readonly timing: Partial<ConnectionTiming>;
}

export function jobServerSettings(config: Config): JobServerSettings {
  return {
    servers: config.server,
    queues: queueNames(config),
    limited: config.queueMaxWorker.map(({ queue }) => queue),
    statusQueue: statusQueueName(config.identifier),
    timing: connectionTiming(config),
    grabIntervalMs: config.grabInterval,
  };
}

/** The queue in which a worker answers what it does. check_gearman and dashboards ask it by name. */
export function statusQueueName(identifier: string): string {
  return `${STATUS_PREFIX}${identifier}`;
}

export function isStatusQueue(queue: string): boolean {
  return queue.startsWith(STATUS_PREFIX);
}

const STATUS_PREFIX = "worker_";

export function dupserverSettings(config: Config): DupserverSettings {
  const { dupserver: servers, dupserverBacklogQueueSize: limit } = config;
  return { servers, limit, timing: connectionTiming(config) };
}

function connectionTiming({ gearmanConnectionTimeout }: Config): Partial<ConnectionTiming> {
  return { connectWithinMs: gearmanConnectionTimeout || MAX_TIMEOUT_MS };
}
