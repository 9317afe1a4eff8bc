import { existsSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { processTree } from "./process-tree.ts";

/** Holds a worker and every process it starts, so that their CPU time and memory are counted separately. */
export interface Cage {
  readonly how: "cgroup v1" | "cgroup v2" | "process tree";
  /** The command that runs `argv` in the cage. */
  readonly enter: (argv: readonly string[]) => readonly string[];
  /** `root` is the process id of the command that `enter` returned. */
  readonly pids: (root: number) => readonly number[];
  readonly cpuMs: (root: number) => number;
  readonly peakMiB: () => number | undefined;
  /** False: a process in the cage has not ended yet, try again. */
  readonly remove: () => boolean;
}

const CGROUPS = "/sys/fs/cgroup";
const NS_PER_MS = 1e6;
const US_PER_MS = 1e3;
const BYTES_PER_MIB = 2 ** 20;

/** A new cgroup when this user may make one, otherwise the process tree. */
export function openCage(name: string): Cage {
  try {
    return existsSync(`${CGROUPS}/cgroup.controllers`) ? cgroup2(name) : cgroup1(name);
  } catch {
    return PROCESS_TREE;
  }
}

function cgroup1(name: string): Cage {
  const cpu = makeFolder(`${CGROUPS}/cpuacct/${name}`);
  const memory = makeFolder(`${CGROUPS}/memory/${name}`);
  return {
    how: "cgroup v1",
    enter: (argv) => entering([cpu, memory], argv),
    pids: () => readPids(cpu),
    cpuMs: () => Number(readFileSync(`${cpu}/cpuacct.usage`, "utf8")) / NS_PER_MS,
    peakMiB: () => readBytes(`${memory}/memory.max_usage_in_bytes`),
    remove: () => [cpu, memory].map(removeFolder).every(Boolean),
  };
}

function cgroup2(name: string): Cage {
  const folder = makeFolder(`${CGROUPS}/${name}`);
  return {
    how: "cgroup v2",
    enter: (argv) => entering([folder], argv),
    pids: () => readPids(folder),
    cpuMs: () =>
      Number(/^usage_usec (\d+)/m.exec(readFileSync(`${folder}/cpu.stat`, "utf8"))?.[1]) / US_PER_MS,
    peakMiB: () => readBytes(`${folder}/memory.peak`),
    remove: () => removeFolder(folder),
  };
}

/**
 * For users who may not make a cgroup. A process that leaves both the tree and the session is not counted.
 */
const PROCESS_TREE: Cage = {
  how: "process tree",
  enter: (argv) => argv,
  pids: (root) => processTree(root).map(({ pid }) => pid),
  cpuMs: (root) => processTree(root).reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  peakMiB: () => undefined,
  remove: () => true,
};

function makeFolder(path: string): string {
  mkdirSync(path);
  return path;
}

function removeFolder(path: string): boolean {
  try {
    if (existsSync(path)) rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}

/** A shell that moves itself into the cgroups and then becomes the command. */
function entering(folders: readonly string[], argv: readonly string[]): readonly string[] {
  const moves = folders.map((folder) => `echo $$ > ${folder}/cgroup.procs`);
  return ["/bin/sh", "-c", [...moves, 'exec "$@"'].join("; "), "sh", ...argv];
}

function readPids(folder: string): readonly number[] {
  return readFileSync(`${folder}/cgroup.procs`, "utf8").split("\n").filter(Boolean).map(Number);
}

function readBytes(file: string): number | undefined {
  return existsSync(file) ? Number(readFileSync(file, "utf8")) / BYTES_PER_MIB : undefined;
}
