import type { ByteString } from "../byte-string.ts";

/**
 * The types of jobs that cores send. The core waits for the result of a `check`; a `command` is run for its
 * effect only, and gets no result.
 */
export const JOB_TYPES = {
  host: "check",
  service: "check",
  eventhandler: "command",
  notification: "command",
} as const satisfies Readonly<Record<string, "check" | "command">>;

export type JobType = keyof typeof JOB_TYPES;

/** `unknown`: a type that is not in the table. Such a job gets a result, as from the Go worker. */
export function purposeOf({ type }: Pick<Job, "type">): "check" | "command" | "unknown" {
  return isJobType(type) ? JOB_TYPES[type] : "unknown";
}

export function isJobType(type: string): type is JobType {
  return Object.hasOwn(JOB_TYPES, type);
}

/** What the core asked for, decoded from one payload. Times are seconds since the epoch. */
export interface Job {
  /** One of JOB_TYPES, or what an unknown core has sent. */
  readonly type: string;
  readonly hostName: ByteString | undefined;
  readonly serviceDescription: ByteString | undefined;
  readonly commandLine: ByteString;
  /** The queue for the result. Undefined: no result is sent. */
  readonly resultQueue: string | undefined;
  readonly targetQueue: string | undefined;
  /** When the core planned the check: `core_time`, else `next_check`, else `start_time`. */
  readonly coreTime: number | undefined;
  /** Seconds that the check may run. Undefined: the worker's `job_timeout` is used. */
  readonly timeout: number | undefined;
  readonly pluginOutput: ByteString | undefined;
  readonly longPluginOutput: ByteString | undefined;
  readonly contact: ByteString | undefined;
}

/** A job, and the queue that it was taken from. Undefined: it is of none. */
export interface QueuedJob extends Job {
  readonly queue?: ByteString | undefined;
}

/** The source of a property of Job: the first of the fields `names` that has a valid value in the payload. */
export interface JobField<Value> {
  readonly names: readonly string[];
  readonly read: (value: ByteString) => Value | undefined;
}

/**
 * Every field of a job payload that a worker uses. Cores send more fields (`check_options`,
 * `scheduled_check`, `latency`), which no worker has ever used.
 */
export const JOB_FIELDS = {
  type: { names: ["type"], read: readText },
  hostName: { names: ["host_name"], read: readText },
  serviceDescription: { names: ["service_description"], read: readText },
  commandLine: { names: ["command_line"], read: readText },
  resultQueue: { names: ["result_queue"], read: readText },
  targetQueue: { names: ["target_queue"], read: readText },
  // Today's core module sends only core_time with checks, older ones next_check, and the oldest start_time.
  coreTime: { names: ["core_time", "next_check", "start_time"], read: readTime },
  timeout: { names: ["timeout"], read: readTimeout },
  pluginOutput: { names: ["plugin_output"], read: readPluginOutput },
  longPluginOutput: { names: ["long_plugin_output"], read: readPluginOutput },
  contact: { names: ["contact"], read: readText },
} as const satisfies { readonly [Property in keyof Job]: JobField<Job[Property]> };

function readText(value: ByteString): ByteString | undefined {
  return value === "" ? undefined : value;
}

/** Seconds with a fraction. What is no time is absent, and so is 0, which means "not set" in C. */
function readTime(value: ByteString): number | undefined {
  const seconds = Number(value);
  return seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
}

/** The largest number of C's atoi. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Whole seconds, read as C's atoi does. 0 and less mean "not given". */
function readTimeout(value: ByteString): number | undefined {
  const seconds = Number.parseInt(value, 10);
  return seconds > 0 ? Math.min(seconds, MAX_TIMEOUT) : undefined;
}

/** The core module prints a missing output with C's `%s`, as `(null)`. */
function readPluginOutput(value: ByteString): ByteString | undefined {
  return value === "(null)" ? undefined : readText(value);
}
