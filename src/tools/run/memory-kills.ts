import { readFileSync } from "node:fs";

/** How often the kernel has killed a process of this cgroup (version 2) for memory. Undefined: not known. */
export function readMemoryKills(): number | undefined {
  try {
    const [, path = "/"] = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8")) ?? [];
    const events = readFileSync(`/sys/fs/cgroup${path}/memory.events`, "utf8");
    const count = /^oom_kill (\d+)$/m.exec(events)?.[1];
    return count === undefined ? undefined : Number(count);
  } catch {
    return undefined;
  }
}
