import { type ByteString, trimEnd } from "../byte-string.ts";
import type { Outcome } from "../outcome/outcome.ts";
import { withoutGrowth } from "./growing.ts";

/**
 * What differs between two runs of the same check, such as times, and what is put in its place. A number is
 * matched only from its first digit on, so that a long row of digits is read once and not once for each
 * digit.
 */
const VOLATILE: readonly (readonly [pattern: RegExp, placeholder: string])[] = [
  // 0.002 second response time, time=0.001946s, rta 0.018ms, RTA = 0.04 ms, (0.172565 sec.)
  [/(?<![0-9])[0-9]+\.[0-9]+(?= ?(?:s|ms|us|secs?|seconds?)(?![A-Za-z]))/g, "N"],
  // check_host prints it without a unit
  [/\brta=[0-9]+\.[0-9]+/g, "rta=N"],
  // check_mssql_health prints this one without a unit
  [/'connection_time'=[0-9]+(?:\.[0-9]+)?/g, "'connection_time'=N"],
  // messages of OpenSSL begin with the number of a thread
  [/^[0-9A-F]+:error:/gm, "N:error:"],
  // an uptime grows
  [/Timeticks: \([0-9]+\) [^|]*/g, "Timeticks"],
];

/** The output without what differs between two runs. */
export function normalise(text: ByteString): ByteString {
  return VOLATILE.reduce(
    (shown, [pattern, placeholder]) => shown.replace(pattern, placeholder),
    trimEnd(text),
  );
}

/** Whether the return code is the same, and the output is the same except for times and what grows. */
export function isSameAnswer(one: Outcome, other: Outcome, check: string): boolean {
  if (one.kind === "timed-out") return other.kind === "timed-out";
  const shown = (text: ByteString) => normalise(withoutGrowth(text, check));
  return (
    one.kind === "exited" &&
    other.kind === "exited" &&
    one.returnCode === other.returnCode &&
    shown(one.stdout) === shown(other.stdout) &&
    shown(one.stderr) === shown(other.stderr)
  );
}
