import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const NAME = "OMD_WORKER_TEST";
const PIPES_PARENT = "/dev/shm";
const SETTLE_MS = 3_000;
const TURN_MS = 20;

/**
 * A worker's shells and plugins have sessions of their own, and a plugin's grandchild may have any parent. What all
 * of them inherit is the environment: a variable in it finds every process that is left of a worker.
 */
export interface Mark {
  readonly env: Readonly<Record<string, string>>;
  processes(): readonly Process[];
  /** KILL to all of them, whatever they are. */
  kill(): void;
}

export interface Process {
  readonly pid: number;
  readonly commandLine: string;
}

export function createMark(): Mark {
  const value = crypto.randomUUID();
  const line = `${NAME}=${value}`;
  const processes = () => allProcesses().filter(({ pid }) => readProc(pid, "environ").includes(line));
  return {
    env: { [NAME]: value },
    processes,
    kill() {
      for (const { pid } of processes()) process.kill(pid, "SIGKILL");
    },
  };
}

/** The directories of named pipes of these workers. */
export function pipeDirectories(pid: number): readonly string[] {
  return readdirSync(PIPES_PARENT).filter((name) => name.startsWith(`omd-worker-${pid}-`));
}

/** What is still there after a moment, as words for an error. */
export async function leftBehind(find: () => readonly string[]): Promise<readonly string[]> {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const left = find();
    if (left.length === 0 || performance.now() > end) return left;
    await pause(TURN_MS);
  }
}

function allProcesses(): readonly Process[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((pid) => !/^\d+ \(.*\) [ZX]/s.test(readProc(pid, "stat")))
    .map((pid) => ({ pid, commandLine: readProc(pid, "cmdline").replaceAll("\0", " ") }));
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return ""; // it has ended
  }
}
