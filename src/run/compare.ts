import { type ByteString, trimEnd } from "../byte-string.ts";
import type { Outcome } from "../outcome.ts";

/**
 * Two runs of the same check never take the same time: what is measured anew each time, and what stands for it. A number is looked
 * for where its digits begin, so that a long row of them costs one look and not one for each.
 */
const VOLATILE: readonly (readonly [pattern: RegExp, stands: string])[] = [
  // 0.002 second response time, time=0.001946s, rta 0.018ms, RTA = 0.04 ms, (0.172565 sec.)
  [/(?<![0-9])[0-9]+\.[0-9]+(?= ?(?:s|ms|us|secs?|seconds?)(?![A-Za-z]))/g, "N"],
  // check_host prints it without a unit
  [/\brta=[0-9]+\.[0-9]+/g, "rta=N"],
  // what OpenSSL says begins with the number of a thread
  [/^[0-9A-F]+:error:/gm, "N:error:"],
  // an uptime goes on
  [/Timeticks: \([0-9]+\) [^|]*/g, "Timeticks"],
];

/** Output without what is another with each run. */
export function normalise(text: ByteString): ByteString {
  return VOLATILE.reduce((shown, [pattern, stands]) => shown.replace(pattern, stands), trimEnd(text));
}

/** The same return code, and the same output but for times. */
export function isSameAnswer(one: Outcome, other: Outcome): boolean {
  if (one.kind === "timed-out") return other.kind === "timed-out";
  return (
    one.kind === "exited" &&
    other.kind === "exited" &&
    one.returnCode === other.returnCode &&
    normalise(one.stdout) === normalise(other.stdout) &&
    normalise(one.stderr) === normalise(other.stderr)
  );
}
