import { execa } from "execa";

export interface TimedRun {
  readonly wallMs: number;
  /** User and system time of the command and of everything it waited for. */
  readonly cpuMs: number;
}

/**
 * Node tells the CPU time of its children in hundredths of a second only, so bash takes the time: it tells thousandths.
 * `time` starts after bash itself.
 */
const SCRIPT = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null';

/** Runs a command to its end. A command that fails is an error, with what it wrote to stderr. */
export async function timeRun(command: readonly string[], signal: AbortSignal): Promise<TimedRun> {
  const { stderr } = await execa("bash", ["-c", SCRIPT, "bash", ...command], {
    cancelSignal: signal,
    stdin: "ignore",
    // The times have a decimal point in this locale.
    env: { LC_ALL: "C" },
  });
  const [wall = 0, user = 0, system = 0] = (stderr.trimEnd().split("\n").at(-1) ?? "").split(" ").map(Number);
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000 };
}
