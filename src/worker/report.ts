import { fromByteString } from "../byte-string.ts";
import type { GrabbedJob } from "../gearman/grabber.ts";
import { JobError } from "../job/decode.ts";
import { type Job, purposeOf } from "../job/job.ts";
import type { Log } from "../log.ts";
import type { Outcome } from "../outcome/outcome.ts";
import { type Refusal, renderRefusal } from "../outcome/refusal.ts";
import { PayloadError } from "../payload/payload-error.ts";
import type { Judgement } from "../result/judge.ts";
import type { Ran } from "../run/run.ts";
import { readStack } from "../run/site/fault.ts";
import type { Seldom } from "./seldom.ts";

const SHOWN_OUTPUT = 500;
/** A core may send a megabyte. */
const SHOWN_COMMAND = 5_000;

/** What the log says of jobs, in the C worker's words where it has some. */
export class Report {
  readonly #log: Log;
  readonly #seldom: Seldom;
  readonly #maxAge: number;

  constructor(log: Log, seldom: Seldom, maxAge: number) {
    this.#log = log;
    this.#seldom = seldom;
    this.#maxAge = maxAge;
  }

  /** One line for each kind of fault, however many jobs have it. */
  unreadable({ handle, queue, server }: GrabbedJob, error: unknown): void {
    const where = { queue, server };
    if (error instanceof PayloadError) {
      const text = `discarded invalid job (${handle}), check your encryption settings: ${error.message}`;
      this.#seldom.error(`payload ${withoutNumbers(error.message)}`, where, text);
    } else if (error instanceof JobError) {
      this.#seldom.error(`job ${error.kind}`, { handle, ...where }, error.message);
    } else {
      this.#seldom.error("fault", { err: error, handle, ...where }, "discarded a job that cannot be read");
    }
  }

  run(job: Job, { outcome, via, why, startTime, finishTime }: Ran): void {
    // One for each job: not even made where nobody reads it.
    if (this.#log.isLevelEnabled?.("debug") !== false) {
      const seconds = Number((finishTime - startTime).toFixed(6));
      const fields = { via, why, seconds, ...outcomeFields(outcome) };
      this.#log.debug(fields, `${job.type} job done: ${nameOf(job)}`);
    }
    this.#tellTrouble(job, outcome);
  }

  /** Nobody gets a result of these, so that the log must say when one failed. */
  failedCommand(job: Job, { returnCode, output }: Judgement): void {
    const object = job.serviceDescription === undefined ? "host" : "service";
    this.#log.error(`${object} ${job.type} exited with return code ${returnCode}`);
    this.#log.error(`cmd: ${commandOf(job)}`);
    this.#log.error(`output: ${fromByteString(output.slice(0, SHOWN_OUTPUT))}`);
  }

  /** A check whose core named no queue for the result: it has run, and nobody will ever know. */
  unanswered(job: Job): void {
    const text = `no result queue given, the result of the ${job.type} job is not sent`;
    this.#seldom.error("no result queue", { job: nameOf(job) }, text);
  }

  #tellTrouble(job: Job, outcome: Outcome): void {
    switch (outcome.kind) {
      case "timed-out": {
        const output = fromByteString(outcome.stdout.slice(0, SHOWN_OUTPUT));
        this.#log.info({ output }, `timeout (${outcome.after}s) hit for ${timedOutOf(job)}`);
        break;
      }
      case "too-old": {
        const age = `${outcome.age.toFixed(0)} > ${this.#maxAge}`;
        this.#seldom.error("too old", {}, `discarded too old ${job.type} job: ${age} (${nameOf(job)})`);
        break;
      }
      case "refused": {
        const { refusal } = outcome;
        this.#seldom.error(`refused ${kindOf(refusal)}`, { job: nameOf(job) }, renderRefusal(refusal));
        break;
      }
      case "crashed":
        this.#tellCrash(job, outcome.error);
        break;
      case "exited":
      case "signalled":
      case "perl-fault":
        break;
    }
  }

  /** With the line of a site's own check, for its author. */
  #tellCrash(job: Job, error: unknown): void {
    const place = error instanceof Error ? readStack(error) : undefined;
    const at = place && `${place.path}:${place.line}`;
    const fields = { err: error, job: nameOf(job), ...(at && { at }) };
    this.#seldom.error(`crashed ${at}`, fields, "cannot run a job's command");
  }
}

function outcomeFields(outcome: Outcome): object {
  return "returnCode" in outcome ? { returnCode: outcome.returnCode } : { outcome: outcome.kind };
}

/** One kind of fault, whatever length or command line shows it. */
function withoutNumbers(message: string): string {
  return message.replace(/[0-9]+/g, "");
}

/** One kind of refusal, whichever command line shows it. */
function kindOf(refusal: Refusal): string {
  return "commandLine" in refusal ? refusal.rule : renderRefusal(refusal);
}

function timedOutOf(job: Job): string {
  const isCommand = purposeOf(job) === "command";
  return isCommand ? `${job.type}: ${commandOf(job)}` : `${job.type}check: ${nameOf(job)}`;
}

function commandOf({ commandLine }: Job): string {
  return fromByteString(commandLine.slice(0, SHOWN_COMMAND));
}

function nameOf({ hostName, serviceDescription, commandLine }: Job): string {
  if (hostName === undefined) return fromByteString(commandLine.split(" ", 1)[0] ?? "");
  return fromByteString(serviceDescription === undefined ? hostName : `${hostName} - ${serviceDescription}`);
}
