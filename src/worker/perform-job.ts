import type { GrabbedJob } from "../gearman/grabber/grabber.ts";
import { decodeJob } from "../job/decode.ts";
import type { Job } from "../job/job.ts";
import type { Envelope } from "../payload/crypt.ts";
import { encodeResult } from "../result/encode.ts";
import { isWithheld, type JudgeSettings, judge } from "../result/judge.ts";
import { isAnswered } from "../result/result.ts";
import type { Ran } from "../run/run.ts";

/** What the line works with; made anew from each configuration. */
export interface Line {
  readonly envelope: Envelope;
  readonly settings: JudgeSettings;
  /** Waits for a slot, runs the job's command and tells what happened and when. Never rejects. */
  readonly run: (job: Job) => Promise<Ran>;
  /** Resolves when a job server has accepted the result. */
  readonly deliver: (grabbed: GrabbedJob, job: Job, text: string) => Promise<void>;
  readonly reportUnreadable: (grabbed: GrabbedJob, error: unknown) => void;
  readonly reportRun: (job: Job, ran: Ran) => void;
}

/** The life of one job, from the packet that brought it to the packet that ends it. */
export async function performJob(grabbed: GrabbedJob, line: Line): Promise<void> {
  const job = readJob(grabbed, line);
  if (job === undefined) return grabbed.fail();
  const ran = await line.run(job);
  line.reportRun(job, ran);
  if (isAnswered(job) && !isWithheld(ran.outcome, line.settings)) {
    const { outcome, startTime, finishTime } = ran;
    const result = {
      hostName: job.hostName,
      serviceDescription: job.serviceDescription,
      coreStartTime: job.coreTime,
      startTime,
      finishTime,
      source: line.settings.source,
      ...judge(job, outcome, line.settings),
    };
    await line.deliver(grabbed, job, encodeResult(result));
  }
  grabbed.complete();
}

/** A job nobody can read is failed, not run: gearmand must not hand it out again and again. */
function readJob(grabbed: GrabbedJob, line: Line): Job | undefined {
  try {
    return decodeJob(line.envelope.open(grabbed.workload));
  } catch (error) {
    line.reportUnreadable(grabbed, error);
    return undefined;
  }
}
