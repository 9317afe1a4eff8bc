import type { ByteString } from "../byte-string.ts";
import { NOT_EXECUTABLE, NOT_FOUND, TOO_MANY_OF_USER } from "../outcome/shell-codes.ts";
import type { JobRun } from "../run/run.ts";

type Why = "not found" | "not executable";

/** Why a plugin could not be started. Undefined: it was, or something else has ended so. */
export function whyUnusable({ via, outcome }: JobRun): Why | undefined {
  if (via !== "plugin" || outcome.kind !== "exited") return undefined;
  const why = WHY.get(outcome.returnCode);
  return why !== undefined && TOO_MANY_OF_USER.test(outcome.stderr) ? undefined : why;
}

const WHY: ReadonlyMap<number, Why> = new Map([
  [NOT_EXECUTABLE, "not executable"],
  [NOT_FOUND, "not found"],
]);

/** The program of a plain command line. Assignments in front of it are left out: they may hold a password. */
export function programOf(commandLine: ByteString): ByteString {
  return /^(?:\w+=[^\s'"]*\s+)*([^\s'"=]+)(?=\s|$)/.exec(commandLine)?.[1] ?? "a program in quotes";
}
