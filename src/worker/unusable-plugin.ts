import type { ByteString } from "../byte-string.ts";
import { NOT_EXECUTABLE, NOT_FOUND, TOO_MANY_OF_USER } from "../outcome/shell-codes.ts";
import type { JobRun } from "../run/run.ts";

/** Why a plugin could not be started. Undefined: it was, or something else has ended so. */
export function whyUnusable({ via, outcome }: JobRun): "not found" | "not executable" | undefined {
  if (via !== "plugin" || outcome.kind !== "exited") return undefined;
  const why = WHY.get(outcome.returnCode);
  return why !== undefined && TOO_MANY_OF_USER.test(outcome.stderr) ? undefined : why;
}

const WHY: ReadonlyMap<number, "not found" | "not executable"> = new Map([
  [NOT_EXECUTABLE, "not executable"],
  [NOT_FOUND, "not found"],
] as const);

/** The program of a plain command line. Assignments in front of it are left out: they may hold a password. */
export function programOf(commandLine: ByteString): ByteString {
  return /^(?:\w+=[^\s'"]*\s+)*([^\s'"=]+)(?=\s|$)/.exec(commandLine)?.[1] ?? "a program in quotes";
}
