import type { ByteString } from "../../byte-string.ts";
import { toByteString } from "../../byte-string.ts";
import { bracketStderr, joinLines, readOutput } from "../../result/output.ts";
import type { Ran } from "./run-command.ts";

export interface RunJudgement {
  /** For the core: 0 to 3. */
  readonly state: number;
  readonly output: ByteString;
  /** What the command's caller would have seen of it: timeout(1) ends with 124. */
  readonly exitCode: number;
}

export interface JudgeRunOptions {
  readonly timeout: number;
  readonly timeoutReturn: number;
  readonly showErrorOutput: boolean;
  readonly identifier: ByteString;
  /** The kernel has killed a process of this cgroup for its memory meanwhile; undefined: it is not known. */
  readonly isOutOfMemory: boolean | undefined;
}

const CRITICAL = 2;
const UNKNOWN = 3;
const NAMES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"];
const FIRST_SIGNAL = 128;
const KILLED = 137;
const TIMED_OUT = 124;

/** What the core is told of a command that was run as a plugin is: codes 0 to 3 are states. */
export function judgeRun(ran: Ran, options: JudgeRunOptions): RunJudgement {
  const { end } = ran;
  const say = (state: number, exitCode: number, text: ByteString): RunJudgement => ({
    state,
    exitCode,
    output: joinLines(`${NAMES[state]}: ${text} (on ${options.identifier})`, said(ran, options)),
  });
  switch (end.kind) {
    case "timed out":
      return say(
        options.timeoutReturn,
        TIMED_OUT,
        `the command did not end within ${options.timeout} seconds`,
      );
    case "not started":
      return say(CRITICAL, end.code, `the command was not started: ${toByteString(end.reason)}`);
    case "signalled":
      return ran.passedOn === undefined || end.name === "SIGSEGV"
        ? say(
            CRITICAL,
            FIRST_SIGNAL + end.signal,
            `the command was ended by ${end.name}${hint(FIRST_SIGNAL + end.signal, options)}`,
          )
        : say(
            UNKNOWN,
            FIRST_SIGNAL + end.signal,
            `the command was ended by ${end.name}, as this pod or session was to end`,
          );
    case "exited":
      if (end.code <= UNKNOWN) return { state: end.code, exitCode: end.code, output: said(ran, options) };
      return ran.passedOn !== undefined
        ? say(UNKNOWN, end.code, `the command ended with code ${end.code} after ${ran.passedOn}`)
        : say(CRITICAL, end.code, `the command ended with code ${end.code}${hint(end.code, options)}`);
  }
}

/** A shell tells KILL as 137. */
function hint(code: number, { isOutOfMemory }: JudgeRunOptions): string {
  if (code !== KILLED || isOutOfMemory === false) return "";
  return isOutOfMemory
    ? ": out of memory, it was killed by the kernel"
    : " (the kernel kills so when memory runs out)";
}

function said({ stdout, stderr }: Ran, { showErrorOutput }: JudgeRunOptions): ByteString {
  return joinLines(readOutput(stdout), showErrorOutput ? bracketStderr(stderr) : "");
}
