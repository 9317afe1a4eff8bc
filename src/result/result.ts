import type { ByteString } from "../byte-string.ts";
import type { Job } from "../job/job.ts";
import { escapeLineFeeds } from "./output.ts";

/** What the core is told. Times are seconds since the epoch. */
export interface Result {
  readonly hostName: ByteString;
  /** The core takes a result without one for the host's. */
  readonly serviceDescription: ByteString | undefined;
  /** When the core had planned the check; the core computes the latency from it. */
  readonly coreStartTime: number | undefined;
  readonly startTime: number;
  readonly finishTime: number;
  readonly returnCode: number;
  /** Who ran the check, see `sourceOf`. */
  readonly source: ByteString;
  readonly output: ByteString;
}

interface ResultField {
  readonly name: string;
  readonly write: (result: Result) => ByteString | undefined;
}

/**
 * The payload's lines in their order. `type` comes first: the core takes clear text for a result by it. `output`
 * comes last: it is the only field the core accepts empty, and no field after an empty one is read.
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

/** A job somebody waits for the result of. */
export type AnsweredJob = Job & { readonly hostName: ByteString; readonly resultQueue: string };

/**
 * Whether the job gets a result: not without a queue to send it to and a host it is about, and never an
 * event handler or a notification (as C; what Go sends for them the core would take for a check's). Types
 * we do not know are answered, as Go does: whoever gives a result queue wants a result.
 */
export function isAnswered(job: Job): job is AnsweredJob {
  const isCheck = job.type !== "eventhandler" && job.type !== "notification";
  return isCheck && job.resultQueue !== undefined && job.hostName !== undefined;
}

/** `source` of a result, with an ASCII blank as Go has it; C has a no-break space there. */
export function sourceOf(identifier: ByteString): ByteString {
  return `Mod-Gearman Worker @ ${identifier}`;
}

/** An absent or empty value is left out; a line feed in it must not start a line of its own. */
function oneLine(value: ByteString | undefined): ByteString | undefined {
  return value === "" ? undefined : value?.replace(/[\0\n]/g, " ");
}
