import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const NAME = "OMDWORKER_TEST";
const PIPES_PARENT = "/dev/shm";
const SETTLE_MS = 15_000;
const TURN_MS = 20;

/**
 * A worker's shells and plugins have sessions of their own, and a plugin's grandchild may have any parent.
 * But all of them inherit the environment. A variable in it finds every process that is left of a worker.
 */
export interface Mark {
  readonly env: Readonly<Record<string, string>>;
  processes(): readonly Process[];
  /** Sends KILL to all of them. */
  kill(): void;
}

export interface Process {
  readonly pid: number;
  readonly commandLine: string;
}

export function createMark(): Mark {
  const value = crypto.randomUUID();
  const line = `${NAME}=${value}`;
  const processes = () => processesWith((pid) => readProc(pid, "environ").includes(line));
  return {
    env: { [NAME]: value },
    processes,
    kill() {
      for (const { pid } of processes()) process.kill(pid, "SIGKILL");
    },
  };
}

/** The directories in which the worker with this process id keeps its named pipes. */
export function pipeDirectories(pid: number): readonly string[] {
  return readdirSync(PIPES_PARENT).filter((name) => name.startsWith(`omd-worker-${pid}-`));
}

/** What is still found after some seconds, as texts for an error. */
export async function leftBehind(find: () => readonly string[]): Promise<readonly string[]> {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const left = find();
    if (left.length === 0 || performance.now() > end) return left;
    await pause(TURN_MS);
  }
}

/** Others are not looked at any further: there may be hundreds, and tests look again and again. */
function processesWith(isWanted: (pid: number) => boolean): readonly Process[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((pid) => isWanted(pid) && !/^\d+ \(.*\) [ZX]/s.test(readProc(pid, "stat")))
    .map((pid) => ({ pid, commandLine: readProc(pid, "cmdline").replaceAll("\0", " ") }));
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return ""; // it has ended
  }
}
