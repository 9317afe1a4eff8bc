import type { ByteString } from "../byte-string.ts";

/** What the core asked for, decoded from one payload. Times are seconds since the epoch. */
export interface Job {
  /** `host`, `service`, `eventhandler`, `notification`, or whatever an unknown core sent. */
  readonly type: string;
  readonly hostName: ByteString | undefined;
  readonly serviceDescription: ByteString | undefined;
  readonly commandLine: ByteString;
  /** Queue the result goes to; no result is sent without one. */
  readonly resultQueue: string | undefined;
  readonly targetQueue: string | undefined;
  /** When the core planned the check: `core_time`, else `next_check`, else `start_time`. */
  readonly coreTime: number | undefined;
  /** Seconds the check may run; undefined: the worker's `job_timeout` decides. */
  readonly timeout: number | undefined;
  readonly pluginOutput: ByteString | undefined;
  readonly longPluginOutput: ByteString | undefined;
  readonly contact: ByteString | undefined;
}

/** Where a property of a Job comes from: the first of `names` that the payload has with a value that reads. */
export interface JobField<Value> {
  readonly names: readonly string[];
  readonly read: (value: ByteString) => Value | undefined;
}

/**
 * Every field of a job payload that means something to a worker. What else cores send (`check_options`,
 * `scheduled_check`, `latency`) no worker ever used.
 */
export const JOB_FIELDS = {
  type: { names: ["type"], read: readText },
  hostName: { names: ["host_name"], read: readText },
  serviceDescription: { names: ["service_description"], read: readText },
  commandLine: { names: ["command_line"], read: readText },
  resultQueue: { names: ["result_queue"], read: readText },
  targetQueue: { names: ["target_queue"], read: readText },
  // Today's module sends core_time alone with checks; older ones next_check, the oldest start_time.
  coreTime: { names: ["core_time", "next_check", "start_time"], read: readTime },
  timeout: { names: ["timeout"], read: readTimeout },
  pluginOutput: { names: ["plugin_output"], read: readPluginOutput },
  longPluginOutput: { names: ["long_plugin_output"], read: readPluginOutput },
  contact: { names: ["contact"], read: readText },
} as const satisfies { readonly [Property in keyof Job]: JobField<Job[Property]> };

function readText(value: ByteString): ByteString | undefined {
  return value === "" ? undefined : value;
}

/** Seconds with a fraction; what is no time (or the epoch, a C program's "not set") is absent. */
function readTime(value: ByteString): number | undefined {
  const seconds = Number(value);
  return seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
}

/** Whole seconds, read as C's atoi does; 0 and less mean "not given". */
function readTimeout(value: ByteString): number | undefined {
  const seconds = Number.parseInt(value, 10);
  return seconds > 0 ? seconds : undefined;
}

/** The module prints a missing output with C's `%s`. */
function readPluginOutput(value: ByteString): ByteString | undefined {
  return value === "(null)" ? undefined : readText(value);
}
