import { execa } from "execa";

export interface TimedRun {
  readonly wallMs: number;
  /** User and system time of the command and of everything it waited for. */
  readonly cpuMs: number;
}

/**
 * Node cannot tell the CPU time of a child that has ended, and /proc has it in hundredths of a second only.
 * bash tells thousandths. The time that bash itself needs is not in them.
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
