import type { ByteString } from "../byte-string.ts";
import { toByteString } from "../byte-string.ts";
import { isJobType, type Job, type JobType } from "../job/job.ts";
import { renderNotCompiled } from "../outcome/not-compiled.ts";
import type { Outcome, Output } from "../outcome/outcome.ts";
import { renderRefusal } from "../outcome/refusal.ts";
import { NOT_EXECUTABLE, NOT_FOUND, TOO_MANY_OF_USER } from "../outcome/shell-codes.ts";
import { bracketStderr, dropOuterLineFeeds, joinLines, readOutput } from "./output.ts";
import { sourceOf } from "./result.ts";

/** What the core is told about an outcome. `escapeLineFeeds` escapes the line feeds of `output` later. */
export interface Judgement {
  readonly returnCode: number;
  readonly output: ByteString;
}

/** The options of worker.conf that decide what the core is told. */
export interface JudgeOptions {
  readonly identifier: ByteString;
  readonly timeoutReturn: number;
  readonly showErrorOutput: boolean;
  readonly debugResult: boolean;
  readonly workerNameInResult: "off" | "on" | "pre_perfdata";
  readonly workaroundRc25: boolean;
}

/** The same options with the `source` of every result. `judgeSettings` makes them once. */
export interface JudgeSettings extends JudgeOptions {
  readonly source: ByteString;
}

export function judgeSettings(options: JudgeOptions): JudgeSettings {
  return { ...options, source: sourceOf(options.identifier) };
}

const CRITICAL = 2;
const UNKNOWN = 3;
const FIRST_SIGNAL = 128;
const RC_25 = 25;
/** What a shell says of a program that Linux did not start: one argument may have 128 KiB. */
const TOO_LONG = /^sh: \d+: .*: Argument list too long$/m;

/** The C worker's names of signals, by number. A return code from 144 on is no signal there. */
const SIGNAL_NAMES = [
  "signal 0",
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGILL",
  "SIGTRAP",
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGKILL",
  "SIGUSR1",
  "SIGSEGV",
  "SIGUSR2",
  "SIGPIPE",
  "SIGALRM",
  "SIGTERM",
];

/**
 * Decides what the core is told about an outcome. Every question of compatibility is answered here. States
 * and texts are the C worker's, because filters and dependencies of its users rely on them. Output is treated
 * as by the Go worker.
 */
export function judge(job: Job, outcome: Outcome, settings: JudgeSettings): Judgement {
  const judgement = judgeOutcome(job, outcome, settings);
  if (!settings.debugResult) return judgement;
  return { ...judgement, output: `(${settings.identifier}) - ${judgement.output}` };
}

/**
 * Whether `workaround_rc_25` keeps the result back. Some plugins exit with 25 when another copy of them runs,
 * because the job was executed twice. This must not overwrite the result of the other copy.
 */
export function isWithheld(outcome: Outcome, settings: JudgeSettings): boolean {
  return settings.workaroundRc25 && outcome.kind === "exited" && outcome.returnCode === RC_25;
}

function judgeOutcome(job: Job, outcome: Outcome, settings: JudgeSettings): Judgement {
  const worker = settings.identifier;
  switch (outcome.kind) {
    case "exited":
      return judgeExit(outcome.returnCode, outcome, settings);
    case "signalled":
      // A shell reports signal n as return code 128 + n. Without a shell the result must be the same.
      return judgeExit(FIRST_SIGNAL + outcome.signal, outcome, settings);
    case "not-compiled":
      return judgeExit(UNKNOWN, { stdout: renderNotCompiled(outcome), stderr: "" }, settings);
    case "timed-out":
      return {
        returnCode: settings.timeoutReturn,
        output: `(${nameOf(job)} Timed Out On Worker: ${worker})`,
      };
    case "too-old":
      return { returnCode: UNKNOWN, output: "(Could Not Start Check In Time)" };
    case "refused":
      return { returnCode: UNKNOWN, output: renderRefusal(outcome.refusal) };
    case "not-started":
      return {
        returnCode: UNKNOWN,
        output: `UNKNOWN: the command was not started: ${outcome.lack} (worker: ${worker})`,
      };
    case "crashed":
      return { returnCode: UNKNOWN, output: `UNKNOWN: ${messageOf(outcome.error)} (worker: ${worker})` };
  }
}

function judgeExit(returnCode: number, output: Output, settings: JudgeSettings): Judgement {
  const stdout = readOutput(output.stdout);
  const stderr = settings.showErrorOutput ? bracketStderr(output.stderr) : "";
  const said = stderr === "" ? stdout : `${stdout}\n${stderr}`;
  if (returnCode >= 0 && returnCode <= UNKNOWN) {
    return { returnCode, output: dropOuterLineFeeds(nameWorker(said, settings)) };
  }
  const text = `CRITICAL: Return code of ${returnCode} is out of bounds.${hintFor(returnCode, output)} (worker: ${settings.identifier})`;
  const isStarted = returnCode !== NOT_EXECUTABLE && returnCode !== NOT_FOUND;
  // Both workers write a line feed after the text. So an empty line stands between the text and stderr if
  // stdout is empty.
  return {
    returnCode: CRITICAL,
    output: isStarted ? dropOuterLineFeeds(`${text}\n${said}`) : joinLines(text, stderr),
  };
}

function hintFor(returnCode: number, { stderr }: Output): string {
  if (returnCode === NOT_EXECUTABLE && TOO_LONG.test(stderr)) return " Argument list too long.";
  if (returnCode === NOT_EXECUTABLE && TOO_MANY_OF_USER.test(stderr))
    return " The user of the queue has as many processes as nproc of queue_limits allows.";
  if (returnCode === NOT_EXECUTABLE) return " Make sure the plugin you're trying to run is executable.";
  if (returnCode === NOT_FOUND) return " Make sure the plugin you're trying to run actually exists.";
  const signal = SIGNAL_NAMES[returnCode - FIRST_SIGNAL];
  return signal === undefined ? "" : ` Plugin exited by signal ${signal}.`;
}

/**
 * `worker_name_in_result`, an option of the Go worker. It concerns return codes from 0 to 3; other texts name
 * the worker anyway.
 */
function nameWorker(output: ByteString, settings: JudgeSettings): ByteString {
  const name = `(worker: ${settings.identifier})`;
  switch (settings.workerNameInResult) {
    case "off":
      return output;
    case "on":
      return `${name} ${output}`;
    case "pre_perfdata": {
      const bar = output.indexOf("|");
      return bar === -1 ? `${output} ${name}` : `${output.slice(0, bar)} ${name} ${output.slice(bar)}`;
    }
  }
}

/** The C worker's names of jobs. */
const JOB_NAMES: Readonly<Record<JobType, string>> = {
  host: "Host Check",
  service: "Service Check",
  eventhandler: "Check",
  notification: "Check",
};

function nameOf({ type }: Job): string {
  return isJobType(type) ? JOB_NAMES[type] : "Check";
}

function messageOf(error: unknown): ByteString {
  return readOutput(toByteString(error instanceof Error ? error.message : String(error)));
}
