import { errorCode } from "../error-text.ts";
export const NO_PROCESSES = "no more processes can be started (ulimit -u, pids.max)";

/**
 * What a machine runs out of, by the code of the error. A command that was not started for this reason says
 * nothing about what it checks.
 */
const LACKS: ReadonlyMap<unknown, string> = new Map([
  ["EMFILE", "this process has no file descriptors left (ulimit -n)"],
  ["ENFILE", "the machine has no file descriptors left"],
  ["EAGAIN", NO_PROCESSES],
  ["ENOMEM", "no memory is left"],
  ["ENOBUFS", "no memory for sockets is left"],
  ["ENOSPC", "no space is left for the pipes of plugins"],
  ["EDQUOT", "no space is left for the pipes of plugins (quota)"],
]);

/** The words of strerror(3), in which programs tell the same. */
const WORDS: readonly (readonly [words: string, code: string])[] = [
  ["Too many open files in system", "ENFILE"],
  ["Too many open files", "EMFILE"],
  ["Resource temporarily unavailable", "EAGAIN"],
  ["Cannot fork", "EAGAIN"],
  ["Cannot allocate memory", "ENOMEM"],
  ["No space left on device", "ENOSPC"],
  ["Disk quota exceeded", "EDQUOT"],
];

/** What is missing, in words, if that is the reason of the error or of its causes. */
export function lackOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const lack = "code" in error ? LACKS.get(error.code) : undefined;
  return lack ?? lackIn(error.message) ?? lackOf(error.cause);
}

/** The same for what a program has written to stderr. */
export function lackIn(text: string): string | undefined {
  const found = WORDS.find(([words]) => text.includes(words));
  return found && LACKS.get(found[1]);
}

/** The same of file descriptors alone. Other shortages may last, as that of a full disk a check writes to. */
export function lackOfFiles(error: unknown): string | undefined {
  const isOfFiles = OUT_OF_FILES.includes(errorCode(error));
  return isOfFiles ? lackOf(error) : undefined;
}

const OUT_OF_FILES: readonly unknown[] = ["EMFILE", "ENFILE"];
