import type { ByteString } from "../byte-string.ts";
import { type Job, purposeOf } from "../job/job.ts";
import { escapeLineFeeds } from "./output.ts";

/** What the core is told. Times are seconds since the epoch. */
export interface Result {
  readonly hostName: ByteString;
  /** The core takes a result without a description for the result of the host. */
  readonly serviceDescription: ByteString | undefined;
  /** When the core had planned the check. The core computes the latency from it. */
  readonly coreStartTime: number | undefined;
  readonly startTime: number;
  readonly finishTime: number;
  readonly returnCode: number;
  /** The worker that ran the check, see `sourceOf`. */
  readonly source: ByteString;
  readonly output: ByteString;
}

interface ResultField {
  readonly name: string;
  readonly write: (result: Result) => ByteString | undefined;
}

/**
 * The lines of the payload in their order. `type` comes first, because the core recognises a result in clear
 * text by it. `output` comes last, because it is the only field that the core accepts empty, and the core
 * reads no field after an empty one.
 */
export const RESULT_FIELDS: readonly ResultField[] = [
  { name: "type", write: () => "active" },
  { name: "host_name", write: (result) => oneLine(result.hostName) },
  { name: "service_description", write: (result) => oneLine(result.serviceDescription) },
  { name: "core_start_time", write: (result) => result.coreStartTime?.toFixed(6) },
  { name: "start_time", write: (result) => result.startTime.toFixed(6) },
  { name: "finish_time", write: (result) => result.finishTime.toFixed(6) },
  { name: "return_code", write: (result) => result.returnCode.toString() },
  { name: "exited_ok", write: () => "1" },
  { name: "source", write: (result) => oneLine(result.source) },
  { name: "output", write: (result) => escapeLineFeeds(result.output) },
];

/** A job that gets a result. */
export type AnsweredJob = Job & { readonly hostName: ByteString; readonly resultQueue: string };

/**
 * Whether the job gets a result. It needs a result queue and a host name. Event handlers and notifications
 * get none, as from the C worker; the Go worker answers them, and the core would take that for a result of a
 * check. Jobs of unknown types are answered, as by the Go worker: a core that names a result queue wants a
 * result.
 */
export function isAnswered(job: Job): job is AnsweredJob {
  return purposeOf(job) !== "command" && job.resultQueue !== undefined && job.hostName !== undefined;
}

/** The `source` of a result. Its blanks are ASCII, as in the Go worker; the C worker has a no-break space. */
export function sourceOf(identifier: ByteString): ByteString {
  return `Mod-Gearman Worker @ ${identifier}`;
}

/** An absent or empty value is left out. A line feed in the value must not begin another field. */
function oneLine(value: ByteString | undefined): ByteString | undefined {
  return value === "" ? undefined : value?.replace(/[\0\n]/g, " ");
}
