import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** Linux reports CPU time in hundredths of a second, whatever the kernel was built with. */
const MS_PER_TICK = 10;
const KIB_PER_MIB = 1024;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  /** It has ended, and its parent has not asked for it. */
  readonly isZombie: boolean;
  /** CPU time of the process and of the children it has waited for. */
  readonly cpuMs: number;
}

/** A process, its descendants, and the other processes of its session. */
export function processTree(root: number): readonly Stat[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((stat) => stat !== undefined);
  const inside = new Set([root]);
  for (const pid of inside) {
    for (const stat of all) if (stat.parent === pid || stat.session === root) inside.add(stat.pid);
  }
  return all.filter(({ pid }) => inside.has(pid));
}

/** Undefined if the process has ended meanwhile. */
export function readStat(pid: number): Stat | undefined {
  const text = readProc(pid, "stat");
  if (text === "") return undefined;
  // The name in parentheses may hold any character. The text after it begins with the third field.
  const words = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const isZombie = words[0] === "Z";
  const fields = words.map(Number);
  const [, parent = 0, , session = 0] = fields;
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15);
  return {
    pid,
    parent,
    session,
    isZombie,
    cpuMs: (user + system + childrenUser + childrenSystem) * MS_PER_TICK,
  };
}

/** The proportional set size: memory that processes share is counted once. */
export function pssMiB(pids: readonly number[]): number {
  const kib = pids.map((pid) => Number(/^Pss:\s+(\d+)/m.exec(readProc(pid, "smaps_rollup"))?.[1] ?? 0));
  return kib.reduce((sum, one) => sum + one, 0) / KIB_PER_MIB;
}

/** What processes have of memory together; what they share is counted for each of them. */
export function readRssMiB(pids: readonly number[]): number {
  const kib = pids.map((pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readProc(pid, "status"))?.[1] ?? 0));
  return kib.reduce((sum, one) => sum + one, 0) / KIB_PER_MIB;
}

/** CPU time of the whole machine since its start, without the idle time. */
export function machineCpuMs(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = readFileSync("/proc/stat", "utf8")
    .split("\n", 1)
    .flatMap((line) => line.split(/\s+/).map(Number));
  return (user + nice + system + irq + softirq) * MS_PER_TICK;
}

/**
 * CPU time in percent of what the machine has. Readings are coarse: a difference below zero counts as zero.
 */
export function machinePercent(cpuMs: number, wallMs: number): number {
  return (Math.max(0, cpuMs) / (wallMs * availableParallelism())) * 100;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
