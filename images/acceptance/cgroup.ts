import { readFileSync } from "node:fs";

/** What a container takes, in MiB. */
export interface Memory {
  /** What the kubelet compares with the limit: without pages of files that nobody has used for a while. */
  readonly workingSet: number;
  /** Without any pages of files. */
  readonly own: number;
  /** The most so far, with pages of files. */
  readonly peak: number;
}

const MIB = 1_048_576;

/** Of the cgroup of a process. */
export function memoryOf(pid: number): Memory {
  const { isSecond, read } = cgroupOf(pid, "memory");
  const stat = read("memory.stat");
  const field = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(stat)?.[1] ?? 0);
  const used = Number(read(isSecond ? "memory.current" : "memory.usage_in_bytes"));
  const peak = Number(read(isSecond ? "memory.peak" : "memory.max_usage_in_bytes"));
  const [inactive, own] = isSecond
    ? [field("inactive_file"), field("anon")]
    : [field("total_inactive_file"), field("total_rss")];
  return { workingSet: (used - inactive) / MIB, own: own / MIB, peak: peak / MIB };
}

export function renderMemory({ workingSet, own, peak }: Memory): string {
  const [set, anonymous, most] = [workingSet, own, peak].map(Math.round);
  return `${set} MiB, ${anonymous} without files, peak ${most}`;
}

/** Seconds of CPU that the cgroup of a process has used. */
export function cpuOf(pid: number): number {
  const { isSecond, read } = cgroupOf(pid, "cpuacct");
  if (!isSecond) return Number(read("cpuacct.usage")) / 1e9;
  return Number(/^usage_usec (\d+)$/m.exec(read("cpu.stat"))?.[1] ?? 0) / 1e6;
}

/** In version 1 each controller has a tree of its own. */
function cgroupOf(pid: number, controller: string) {
  const groups = readFileSync(`/proc/${pid}/cgroup`, "utf8");
  const first = new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(.*)$`, "m").exec(groups)?.[1];
  const folder =
    first === undefined
      ? `/sys/fs/cgroup${/^0::(.*)$/m.exec(groups)?.[1] ?? ""}`
      : `/sys/fs/cgroup/${controller}${first}`;
  return {
    isSecond: first === undefined,
    read: (name: string) => readFileSync(`${folder}/${name}`, "utf8"),
  };
}
