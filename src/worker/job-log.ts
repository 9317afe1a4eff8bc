import { isState, STATE_NAMES } from "../../sdk/state.ts";
import type { WaitStatus } from "../../sdk/waits.ts";
import { type ByteString, fromByteString } from "../byte-string.ts";
import type { GrabbedJob } from "../gearman/grabber/running-job.ts";
import { JobError } from "../job/decode.ts";
import { type Job, purposeOf } from "../job/job.ts";
import type { Log } from "../log.ts";
import type { Outcome } from "../outcome/outcome.ts";
import { type Refusal, renderRefusal } from "../outcome/refusal.ts";
import { adviseOnUnusable, renderUnusable } from "../outcome/unusable-plugin.ts";
import { PayloadError } from "../payload/payload-error.ts";
import { judge } from "../result/judge.ts";
import { ResultTooOldError } from "../result/outbox.ts";
import { isAnswered } from "../result/result.ts";
import type { LateLoop } from "../run/loop-watch.ts";
import type { JobRun } from "../run/run.ts";
import { type FindMarks, hideSecrets, maskLine } from "../run/secrets.ts";
import { readStack } from "../run/site/fault.ts";
import { checkName } from "./check-name.ts";
import type { LogThrottle } from "./log-throttle.ts";
import { programOf, whyUnusable } from "./unusable-plugin.ts";
import type { JobSettings, PerformedJob, WorkerListener } from "./worker-events.ts";

const MAX_OUTPUT = 500;
/** A core may send a command line of a megabyte. */
const MAX_COMMAND = 5_000;

interface JobLog {
  readonly log: Log;
  readonly throttle: Pick<LogThrottle, "error" | "warn">;
  /** Which options of a check are secret. */
  readonly findMarks: FindMarks;
}

/** Writes what happens in the worker to its log, in the C worker's words where it has some. */
export function createJobLog(jobLog: JobLog): WorkerListener {
  const { log, throttle } = jobLog;
  return {
    ran: (performed) => {
      const { job, ran, settings } = performed;
      logRun(log, performed);
      logTexts(jobLog, performed);
      logTrouble(jobLog, job, ran.outcome, settings);
      logUnusable(throttle, job, ran);
      if (!isAnswered(job)) logWithoutResult(jobLog, job, ran.outcome, settings);
    },
    declined: (check, reason) =>
      throttle.warn(`${check} declined ${reason}`, {}, `${check}: ${reason}; left to the plugin`),
    waited: (what, status) => throttle.warn(`waited ${what}`, {}, renderWait(what, status)),
    late: (late) => logLate(throttle, late),
    unreadable: (job, error) => logUnreadable(throttle, job, error),
    failed: (job, error) => logFailed(throttle, job, error),
  } satisfies WorkerListener;
}

/** All results that waited in an outage become too old together. */
function logFailed(throttle: JobLog["throttle"], { handle, queue }: GrabbedJob, error: unknown): void {
  if (error instanceof ResultTooOldError)
    throttle.error("result too old", { handle, queue }, `a result is dropped: ${error.message}`);
  else throttle.error("job", { err: error, handle, queue }, "cannot finish a job");
}

function renderWait(what: string, { waiting, longestWait }: WaitStatus): string {
  const longest = `${longestWait.toFixed(1)} s`;
  return `checks wait inside the worker, ${what}: ${waiting} now, the longest wait was ${longest}; it counts for no time-out`;
}

/** One line for each check that did it. If none is known, one line for all. */
function logLate(throttle: JobLog["throttle"], { seconds, cpuSeconds, culprit, underWay }: LateLoop): void {
  const fields = { cpuSeconds: Number(cpuSeconds.toFixed(3)) };
  const busy = `the worker was busy for ${seconds.toFixed(1)} seconds and could do nothing else`;
  const whose = culprit ?? `one of the checks under way, or the machine: ${underWay.join(", ") || "none"}`;
  throttle.warn(`late ${culprit}`, fields, `${busy} because of ${whose}`);
}

/** There is one such line for each job, so it is not even made when nobody reads it. */
function logRun(log: Log, { job, ran, queue }: PerformedJob): void {
  if (log.isLevelEnabled?.("debug") === false) return;
  const { outcome, via, why, startTime, finishTime } = ran;
  const seconds = Number((finishTime - startTime).toFixed(6));
  const check = checkName(job.commandLine);
  const fields = { queue: fromByteString(queue), check, via, why, seconds, ...outcomeFields(outcome) };
  log.debug(fields, `${job.type} job done: ${nameOf(job)}`);
}

function outcomeFields(outcome: Outcome): object {
  if (!("returnCode" in outcome)) return { outcome: outcome.kind };
  const { returnCode } = outcome;
  return { returnCode, ...(isState(returnCode) && { state: STATE_NAMES[returnCode] }) };
}

/** What was run and what it has printed, both without secrets. */
function logTexts({ log, findMarks }: JobLog, { job, ran: { outcome } }: PerformedJob): void {
  if (log.isLevelEnabled?.("trace") === false) return;
  const texts = "stdout" in outcome ? { stdout: outcome.stdout, stderr: outcome.stderr } : {};
  const shown = Object.entries(texts).map(([name, text]) => [name, outputOf(job, text, findMarks)] as const);
  const fields = { command: commandOf(job, findMarks), ...Object.fromEntries(shown) };
  log.trace(fields, `${job.type} job ran: ${nameOf(job)}`);
}

function logTrouble(jobLog: JobLog, job: Job, outcome: Outcome, settings: JobSettings): void {
  const { log, throttle, findMarks } = jobLog;
  switch (outcome.kind) {
    case "timed-out": {
      const output = outputOf(job, outcome.stdout, findMarks);
      log.info(
        { check: checkName(job.commandLine), output },
        `timeout (${outcome.after}s) hit for ${timedOutOf(job, findMarks)}`,
      );
      break;
    }
    case "too-old": {
      const age = `${outcome.age.toFixed(0)} > ${settings.maxAge}`;
      throttle.error("too old", {}, `discarded too old ${job.type} job: ${age} (${nameOf(job)})`);
      break;
    }
    case "refused":
      if (outcome.refusal.rule === "handler-dry-run")
        log.info({ command: commandOf(job, findMarks) }, fromByteString(renderRefusal(outcome.refusal)));
      else logRefusal(throttle, job, outcome.refusal);
      break;
    case "crashed":
      logCrash(jobLog, job, outcome.error);
      break;
    case "exited":
    case "signalled":
    case "not-compiled":
    case "not-started":
      break;
  }
}

/** At most one line a minute, whatever is missing: `omd-worker status` names all of them. */
function logUnusable(throttle: JobLog["throttle"], job: Job, ran: JobRun): void {
  const why = whyUnusable(ran);
  if (why === undefined) return;
  const plugin = renderUnusable({ path: programOf(job.commandLine), why });
  const text = `a plugin cannot be started: ${plugin}; ${adviseOnUnusable([{ why }])}`;
  throttle.error("unusable plugin", { job: nameOf(job) }, text);
}

/** One line for each kind of refusal, whatever command line shows it. */
function logRefusal(throttle: JobLog["throttle"], job: Job, refusal: Refusal): void {
  const text = renderRefusal(refusal);
  const kind = "commandLine" in refusal ? refusal.rule : text;
  throttle.error(`refused ${kind}`, { job: nameOf(job) }, text);
}

/** For a site's own check the line is named, for its author. */
function logCrash({ throttle, findMarks }: JobLog, job: Job, error: unknown): void {
  const place = error instanceof Error ? readStack(error) : undefined;
  const at = place && `${place.path}:${place.line}`;
  const fields = { err: maskError(job, error, findMarks), job: nameOf(job), ...(at && { at }) };
  throttle.error(`crashed ${at}`, fields, "cannot run a job's command");
}

/** An error of a library may repeat an argument. */
function maskError(job: Job, error: unknown, findMarks: FindMarks): unknown {
  if (!(error instanceof Error)) return error;
  const { secrets } = maskCommand(job, findMarks);
  const [message, stack] = [error.message, error.stack ?? ""].map((text) => hideSecrets(text, secrets));
  return message === error.message && stack === error.stack
    ? error
    : Object.assign(new Error(message), { stack });
}

/** The core gets no result of this job, so the log must say what happened to it. */
function logWithoutResult(
  { log, throttle, findMarks }: JobLog,
  job: Job,
  outcome: Outcome,
  settings: JobSettings,
): void {
  if (purposeOf(job) !== "command") {
    const text = `no result queue given, the result of the ${job.type} job is not sent`;
    throttle.error("no result queue", { job: nameOf(job) }, text);
    return;
  }
  if (outcome.kind === "refused" && outcome.refusal.rule === "handler-dry-run") return;
  const { returnCode, output } = judge(job, outcome, settings.judge);
  if (returnCode === 0) return;
  const object = job.serviceDescription === undefined ? "host" : "service";
  log.error(`${object} ${job.type} exited with return code ${returnCode}`);
  log.error(`cmd: ${commandOf(job, findMarks)}`);
  log.error(`output: ${outputOf(job, output, findMarks)}`);
}

/** One line for each kind of fault, however many jobs have it. */
function logUnreadable(throttle: JobLog["throttle"], job: GrabbedJob, error: unknown): void {
  const { handle, queue, server } = job;
  const where = { queue, server };
  if (error instanceof PayloadError) {
    const text = `discarded invalid job (${handle}), check your encryption settings: ${error.message}`;
    throttle.error(`payload ${error.kind}`, where, text);
  } else if (error instanceof JobError) {
    throttle.error(`job ${error.kind}`, { handle, ...where }, error.message);
  } else {
    throttle.error("fault", { err: error, handle, ...where }, "discarded a job that cannot be read");
  }
}

function timedOutOf(job: Job, findMarks: FindMarks): string {
  return purposeOf(job) === "command"
    ? `${job.type}: ${commandOf(job, findMarks)}`
    : `${job.type}check: ${nameOf(job)}`;
}

/** The log is read by more people than the core's configuration, so passwords are masked. */
function commandOf(job: Job, findMarks: FindMarks): string {
  return fromByteString(maskCommand(job, findMarks).line);
}

/** What a plugin has printed, without what it repeats of the command line's passwords. */
function outputOf(job: Job, output: ByteString, findMarks: FindMarks): string {
  const { secrets } = maskCommand(job, findMarks);
  // First hidden, then cut: half a secret would not be found.
  const shown = hideSecrets(output.slice(0, MAX_OUTPUT + MAX_COMMAND), secrets);
  return fromByteString(shown.slice(0, MAX_OUTPUT));
}

function maskCommand({ commandLine }: Job, findMarks: FindMarks) {
  return maskLine(commandLine.slice(0, MAX_COMMAND), findMarks);
}

function nameOf({ hostName, serviceDescription, commandLine }: Job): string {
  if (hostName === undefined)
    return fromByteString(maskLine(commandLine.split(" ", 1)[0] ?? "", () => undefined).line);
  return fromByteString(serviceDescription === undefined ? hostName : `${hostName} - ${serviceDescription}`);
}
