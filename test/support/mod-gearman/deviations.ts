/**
 * A result that differs from both the C and the Go worker's. `c`, `go` and `ours` are the return code and the
 * `output` as in the payload.
 */
export interface Deviation {
  readonly case: DeviationCase;
  readonly c: string;
  readonly go: string;
  readonly ours: string;
  readonly reason: string;
  /** The name of a recorded job that shows it. */
  readonly commandLine?: string;
}

export type DeviationCase =
  | "25 is out of bounds like any other code"
  | "what a shell says of a signal is not the plugin's stderr"
  | "stderr stands in brackets on a line of its own"
  | "output is trimmed"
  | "a NUL ends its line, not the line feed"
  | "debug-result names the identifier";

export const DEVIATIONS: readonly Deviation[] = [
  {
    case: "25 is out of bounds like any other code",
    commandLine: '/srv/rig/plugins/p_echo 25 "rc 25 text"',
    c: "25 CRITICAL: Return code of 25 is out of bounds. (worker: rigworker)\\nrc 25 text\\n",
    go: "3 CRITICAL: Return code of 25 is out of bounds. (worker: rigworker)\\nrc 25 text",
    ours: "2 CRITICAL: Return code of 25 is out of bounds. (worker: rigworker)\\nrc 25 text",
    reason: "The C worker means to pass 25 on only with workaround_rc_25; its condition is wrong.",
  },
  {
    case: "what a shell says of a signal is not the plugin's stderr",
    commandLine: '/srv/rig/plugins/p_killself "KILL"',
    c: "2 CRITICAL: Return code of 137 is out of bounds. Plugin exited by signal SIGKILL. (worker: rigworker)\\ndying by signal KILL\\n\\n[Killed] ",
    go: "3 UNKNOWN: Return code of 9 is out of bounds. Plugin exited by signal: killed. (worker: rigworker)\\ndying by signal KILL",
    ours: "2 CRITICAL: Return code of 137 is out of bounds. Plugin exited by signal SIGKILL. (worker: rigworker)\\ndying by signal KILL",
    reason:
      "The C worker needs a shell for a quoted word and sends that shell's words; the text says it already.",
  },
  {
    case: "stderr stands in brackets on a line of its own",
    commandLine: '/srv/rig/plugins/p_stderr 0 "OK - out" "and err"',
    c: "0 OK - out\\n\\n[and err] ",
    go: "0 OK - out",
    ours: "0 OK - out\\n[and err]",
    reason:
      "Shown at every return code as by the C worker, written as by the Go worker: no empty line, no blank at the end.",
  },
  {
    case: "output is trimmed",
    commandLine: '/srv/rig/plugins/p_echo 4 "rc four text"',
    c: "2 CRITICAL: Return code of 4 is out of bounds. (worker: rigworker)\\nrc four text\\n",
    go: "3 CRITICAL: Return code of 4 is out of bounds. (worker: rigworker)\\nrc four text",
    ours: "2 CRITICAL: Return code of 4 is out of bounds. (worker: rigworker)\\nrc four text",
    reason: "State and text of the C worker, white space as the Go worker: the core strips it anyway.",
  },
  {
    case: "output is trimmed",
    commandLine: "/srv/rig/plugins/p_noshebang",
    c: "0 OK - no shebang line\\n",
    go: "3 UNKNOWN: fork/exec /srv/rig/plugins/p_noshebang: exec format error (worker: rigworker)",
    ours: "0 OK - no shebang line",
    reason: "A script without `#!` is run by the shell, as by the C worker.",
  },
  {
    case: "output is trimmed",
    commandLine: "/srv/rig/plugins/p_perl_epn.pl one",
    c: "1 WARNING - perl epn got one|p=1;2;3\\n",
    go: "1 WARNING - perl epn got one|p=1;2;3\\n",
    ours: "1 WARNING - perl epn got one|p=1;2;3",
    reason:
      "The Go worker does not trim what its embedded Perl says; here it makes no difference how a plugin was run.",
  },
  {
    case: "a NUL ends its line, not the line feed",
    c: "0 ac",
    go: "0 a\0b\\nc",
    ours: "0 a\\nc",
    reason:
      "The C worker glues the next line on; the core cuts the Go worker's output at the NUL, next line and all.",
  },
  {
    case: "debug-result names the identifier",
    c: "0 (<hostname>) - OK\\n",
    go: "0 OK",
    ours: "0 (<identifier>) - OK",
    reason: "The identifier is the name in all other texts; by default it is the host name.",
  },
];
