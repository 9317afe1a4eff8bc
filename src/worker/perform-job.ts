import type { ByteString } from "../byte-string.ts";
import type { GrabbedJob } from "../gearman/grabber/running-job.ts";
import { decodeJob } from "../job/decode.ts";
import type { Job } from "../job/job.ts";
import type { Envelope, Seal } from "../payload/crypt.ts";
import { encodeResult } from "../result/encode.ts";
import { isWithheld, type JudgeSettings, judge } from "../result/judge.ts";
import { type AnsweredJob, isAnswered } from "../result/result.ts";
import type { JobRun } from "../run/run.ts";
import { type Ending, InterruptedError } from "./ending.ts";
import type { InFlight } from "./in-flight.ts";
import type { JobSettings, WorkerEvents } from "./worker-events.ts";

/**
 * What a job is performed with. It is made anew from each configuration; a job under way keeps the one it
 * has.
 */
export interface JobContext {
  /** By the job server that the job came from, `host:port`. */
  readonly envelopeOf: (server: string) => Pick<Envelope, "openToAnswer">;
  readonly settings: JobSettings;
  /** Throws a JobError for a job that must not be run, as it was given before. */
  readonly admit: (grabbed: GrabbedJob, job: Job) => void;
  /**
   * Waits for a slot, runs the job's command and tells what happened and when. Rejects if the worker stops
   * before the command could be started.
   */
  readonly run: (job: Job, queue: string) => Promise<JobRun>;
  /** Resolves when a job server has accepted the result. */
  readonly deliver: (grabbed: GrabbedJob, job: Job, result: ToSeal) => Promise<void>;
  readonly events: Pick<WorkerEvents, "ran" | "unreadable" | "delivered">;
  readonly ending: Pick<Ending, "hasCutOff">;
  readonly inFlight: Pick<InFlight, "read">;
}

/** A result, and how to seal it: with the key that has opened its job. */
export interface ToSeal {
  readonly text: ByteString;
  readonly seal: Seal;
}

/**
 * The life of one job, from the packet that brought it to the packet that ends it. Rejects if there is no
 * such packet.
 */
export async function performJob(grabbed: GrabbedJob, context: JobContext): Promise<void> {
  const { settings, events } = context;
  const read = readJob(grabbed, context);
  if (read === undefined) return grabbed.fail();
  const { job, seal } = read;
  context.inFlight.read(grabbed, job);
  const ran = await context.run(job, grabbed.queue);
  const isCutOff = context.ending.hasCutOff(ran);
  if (isCutOff === true || (isCutOff !== false && (await isCutOff)))
    throw new InterruptedError("cut off by a signal");
  events.ran({ job, ran, settings, queue: grabbed.queue });
  if (isAnswered(job) && !isWithheld(ran.outcome, settings.judge)) {
    await context.deliver(grabbed, job, { text: renderResult(job, ran, settings.judge), seal });
    events.delivered(job, ran);
  }
  grabbed.complete();
}

/**
 * A job that cannot be read, or must not be run, is failed: gearmand must not hand it out again and again.
 */
function readJob(
  grabbed: GrabbedJob,
  { envelopeOf, events, admit }: JobContext,
): { readonly job: Job; readonly seal: Seal } | undefined {
  try {
    const { text, seal } = envelopeOf(grabbed.server).openToAnswer(grabbed.workload);
    const job = decodeJob(text);
    admit(grabbed, job);
    return { job, seal };
  } catch (error) {
    events.unreadable(grabbed, error);
    return undefined;
  }
}

function renderResult(job: AnsweredJob, ran: JobRun, settings: JudgeSettings): ByteString {
  const { hostName, serviceDescription, coreTime: coreStartTime } = job;
  const { outcome, startTime, finishTime } = ran;
  const { source } = settings;
  const times = { coreStartTime, startTime, finishTime };
  return encodeResult({ hostName, serviceDescription, ...times, source, ...judge(job, outcome, settings) });
}
