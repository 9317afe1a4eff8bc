import { type ByteString, fromByteString, readText, withoutControls } from "../../byte-string.ts";
import type { HandlerRun, RunResult } from "../../handlers/handler-run.ts";
import type { Outcome } from "../../outcome/outcome.ts";
import { judge } from "../../result/judge.ts";
import { type FindMarks, hideSecrets, maskLine } from "../../run/secrets.ts";
import { checkName } from "../check-name.ts";
import type { PerformedJob } from "../worker-events.ts";
import { findNamedObject } from "./named-object.ts";

const MAX_COMMAND = 2_000;
const MAX_OUTPUT = 500;
/** A secret that the cut would split must still be found. */
const LOOKED_AT = 10_000;

export interface RunFacts {
  /** Which options of a check are secret. */
  readonly findMarks: FindMarks;
  readonly stage: ByteString | undefined;
}

/** What eventhandler_log tells of a job. */
export function describeRun(performed: PerformedJob, { findMarks, stage }: RunFacts): HandlerRun {
  const { job, ran, settings, queue } = performed;
  const { outcome, startTime, finishTime } = ran;
  const { line, secrets } = maskLine(job.commandLine.slice(0, LOOKED_AT), findMarks);
  const shown = hideSecrets(printedBy(performed).slice(0, LOOKED_AT), secrets);
  const { attempt, ...names } = findNamedObject(line);
  return {
    time: new Date(startTime * 1_000).toISOString(),
    worker: fromByteString(settings.judge.identifier),
    ...(stage !== undefined && { stage: fromByteString(stage) }),
    queue: fromByteString(queue),
    handler: checkName(job.commandLine),
    ...Object.fromEntries(Object.entries(names).map(([name, value]) => [name, fromByteString(value ?? "")])),
    ...(attempt !== undefined && { attempt }),
    result: resultOf(outcome),
    ...codesOf(outcome),
    seconds: Number((finishTime - startTime).toFixed(3)),
    output: withoutControls(readText(shown), " ").slice(0, MAX_OUTPUT).trim(),
    command: withoutControls(fromByteString(line.slice(0, MAX_COMMAND)), " "),
  };
}

/** How a run of an event handler ended, in the words of its log. */
export function resultOf(outcome: Outcome): RunResult {
  switch (outcome.kind) {
    case "exited":
      return outcome.returnCode === 0 ? "ok" : "failed";
    case "refused":
      return outcome.refusal.rule === "handler-dry-run" ? "dry-run" : "refused";
    case "timed-out":
    case "too-old":
      return outcome.kind;
    case "signalled":
    case "not-compiled":
    case "not-started":
    case "crashed":
      return "failed";
  }
}

function codesOf(outcome: Outcome): Pick<HandlerRun, "returnCode" | "signal"> {
  if ("returnCode" in outcome) return { returnCode: outcome.returnCode };
  return "signal" in outcome ? { signal: outcome.signal } : {};
}

/** The first line of its output, else of its errors; for what was not run, why. */
function printedBy({ job, ran: { outcome }, settings }: PerformedJob): ByteString {
  const texts = "stdout" in outcome ? [outcome.stdout, outcome.stderr] : [];
  const printed = texts.map(firstLine).find((line) => line !== "");
  if (printed !== undefined) return printed;
  const isQuiet = outcome.kind === "exited" || outcome.kind === "signalled";
  return isQuiet ? "" : firstLine(judge(job, outcome, settings.judge).output);
}

function firstLine(text: ByteString): ByteString {
  return text.trimStart().split("\n", 1)[0]?.trimEnd() ?? "";
}
