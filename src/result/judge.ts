import type { ByteString } from "../byte-string.ts";
import { toByteString } from "../byte-string.ts";
import type { Job } from "../job/job.ts";
import type { Outcome, Output } from "../outcome.ts";
import { bracketStderr, joinLines, readOutput } from "./output.ts";
import { sourceOf } from "./result.ts";

/** What the core will be told of an outcome. `output` has real line feeds; `encode` escapes them. */
export interface Judgement {
  readonly returnCode: number;
  readonly output: ByteString;
}

/** The options of worker.conf that decide what an outcome becomes. */
export interface JudgeOptions {
  readonly identifier: ByteString;
  readonly timeoutReturn: number;
  readonly showErrorOutput: boolean;
  readonly debugResult: boolean;
  readonly workerNameInResult: "off" | "on" | "pre_perfdata";
  readonly workaroundRc25: boolean;
}

/** The same, with what results say of their source. Made once, by `judgeSettings`. */
export interface JudgeSettings extends JudgeOptions {
  readonly source: ByteString;
}

export function judgeSettings(options: JudgeOptions): JudgeSettings {
  return { ...options, source: sourceOf(options.identifier) };
}

const CRITICAL = 2;
const UNKNOWN = 3;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;
const FIRST_SIGNAL = 128;
const RC_25 = 25;

/** C's names, by number. A code from 144 on is no signal to C, though Linux has more of them. */
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
 * Outcome → what the core is told: every question of compatibility is answered here. States and texts are the
 * C worker's, whose users' filters and dependencies know them; output is treated as the Go worker does.
 */
export function judge(job: Job, outcome: Outcome, settings: JudgeSettings): Judgement {
  const judgement = judgeOutcome(job, outcome, settings);
  if (!settings.debugResult) return judgement;
  return { ...judgement, output: `(${settings.identifier}) - ${judgement.output}` };
}

/**
 * Whether `workaround_rc_25` keeps the result back: plugins that exit with 25 when another copy of them runs
 * (a job executed twice) must not overwrite that one's result.
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
      // A shell reports a signal as 128 + n; without a shell it must read the same.
      return judgeExit(FIRST_SIGNAL + outcome.signal, outcome, settings);
    case "timed-out":
      return {
        returnCode: settings.timeoutReturn,
        output: `(${checkName(job.type)} Timed Out On Worker: ${worker})`,
      };
    case "too-old":
      return { returnCode: UNKNOWN, output: "(Could Not Start Check In Time)" };
    case "refused":
      return { returnCode: UNKNOWN, output: outcome.reason };
    case "crashed":
      return { returnCode: UNKNOWN, output: `UNKNOWN: ${messageOf(outcome.error)} (worker: ${worker})` };
  }
}

function judgeExit(returnCode: number, output: Output, settings: JudgeSettings): Judgement {
  const stdout = readOutput(output.stdout);
  const stderr = settings.showErrorOutput ? bracketStderr(output.stderr) : "";
  if (returnCode >= 0 && returnCode <= UNKNOWN) {
    return { returnCode, output: nameWorker(joinLines(stdout, stderr), settings) };
  }
  const text = `CRITICAL: Return code of ${returnCode} is out of bounds.${hintFor(returnCode)} (worker: ${settings.identifier})`;
  const isStarted = returnCode !== NOT_EXECUTABLE && returnCode !== NOT_FOUND;
  return { returnCode: CRITICAL, output: joinLines(text, isStarted ? stdout : "", stderr) };
}

function hintFor(returnCode: number): string {
  if (returnCode === NOT_EXECUTABLE) return " Make sure the plugin you're trying to run is executable.";
  if (returnCode === NOT_FOUND) return " Make sure the plugin you're trying to run actually exists.";
  const signal = SIGNAL_NAMES[returnCode - FIRST_SIGNAL];
  return signal === undefined ? "" : ` Plugin exited by signal ${signal}.`;
}

/** `worker_name_in_result`, an option of the Go worker: for codes in bounds only, the other texts name it anyway. */
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

function checkName(type: string): string {
  if (type === "service") return "Service Check";
  return type === "host" ? "Host Check" : "Check";
}

function messageOf(error: unknown): ByteString {
  return readOutput(toByteString(error instanceof Error ? error.message : String(error)));
}
