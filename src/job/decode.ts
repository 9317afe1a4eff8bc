import type { ByteString } from "../byte-string.ts";
import { type Fields, readLines } from "../payload/lines.ts";
import { JOB_FIELDS, type Job, type JobField, purposeOf } from "./job.ts";

/**
 * Why a payload that was opened is no job, or none to be run. Sites search for the first texts in the C
 * worker's log.
 */
const JOB_ERRORS = {
  "no-type": "discarded invalid job, no type given",
  "no-command": "discarded invalid job, no command line given",
  "no-host": "discarded invalid job, no host name given",
  /** The core would take a service's result without a description for the result of the host. */
  "no-service": "discarded invalid job, no service description given",
  "outside-window":
    "discarded a job whose time is not within replay_window: it was given again, it waited too long, or a clock is wrong",
  replayed: "discarded a job that came before: it was given again, and replay_window forbids that",
  "no-time": "discarded a job without a time, which replay_window needs",
} as const;

export type JobErrorKind = keyof typeof JOB_ERRORS;

export const JOB_ERROR_KINDS = Object.keys(JOB_ERRORS) as readonly JobErrorKind[];

export class JobError extends Error {
  override readonly name = "JobError";
  readonly kind: JobErrorKind;

  constructor(kind: JobErrorKind) {
    super(JOB_ERRORS[kind]);
    this.kind = kind;
  }
}

/** Reads a job from the text of a payload. Fields may come in any order. Throws JobError. */
export function decodeJob(text: ByteString): Job {
  const fields = readLines(text);
  const type = readField(fields, JOB_FIELDS.type);
  if (type === undefined) throw new JobError("no-type");
  const commandLine = readField(fields, JOB_FIELDS.commandLine);
  if (commandLine === undefined) throw new JobError("no-command");
  const hostName = readField(fields, JOB_FIELDS.hostName);
  const serviceDescription = readField(fields, JOB_FIELDS.serviceDescription);
  assertChecked(type, hostName, serviceDescription);
  return {
    type,
    hostName,
    serviceDescription,
    commandLine,
    resultQueue: readField(fields, JOB_FIELDS.resultQueue),
    targetQueue: readField(fields, JOB_FIELDS.targetQueue),
    coreTime: readField(fields, JOB_FIELDS.coreTime),
    timeout: readField(fields, JOB_FIELDS.timeout),
    pluginOutput: readField(fields, JOB_FIELDS.pluginOutput),
    longPluginOutput: readField(fields, JOB_FIELDS.longPluginOutput),
    contact: readField(fields, JOB_FIELDS.contact),
  };
}

/** A check must name its host or service. Event handlers and notifications name neither. */
function assertChecked(type: string, hostName?: ByteString, serviceDescription?: ByteString): void {
  if (purposeOf({ type }) !== "check") return;
  if (hostName === undefined) throw new JobError("no-host");
  if (type === "service" && serviceDescription === undefined) throw new JobError("no-service");
}

function readField<Value>(fields: Fields, { names, read }: JobField<Value>): Value | undefined {
  for (const name of names) {
    const value = fields.get(name);
    const property = value === undefined ? undefined : read(value);
    if (property !== undefined) return property;
  }
  return undefined;
}
