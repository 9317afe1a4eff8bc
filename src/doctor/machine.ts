import { accessSync, constants, readFileSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { readMemoryLimit } from "../executor/cgroup-memory.ts";
import { type Finding, fine, warn } from "./finding.ts";

/** What the kernel says of this process. Undefined: it cannot be read. */
export interface MachineFacts {
  /** `/proc/self/limits` */
  readonly limits: string | undefined;
  /** What the cgroup may have, in bytes; Infinity: no limit. */
  readonly memoryLimit: number | undefined;
  /** Whether `/dev/shm` is a folder that this user may write. */
  readonly hasShm: boolean;
  /** Why no pings may be sent. Undefined: they may. */
  readonly whyNoPings: string | undefined;
}

export function readMachineFacts(whyNoPings: string | undefined): MachineFacts {
  return {
    limits: readIfPossible("/proc/self/limits"),
    memoryLimit: readMemoryLimit(),
    hasShm: mayWrite("/dev/shm"),
    whyNoPings,
  };
}

/** In bytes: a worker that has warmed up, and a few plugins. */
const LEAST_MEMORY = 256 * 1024 * 1024;

export function examineMachine(
  facts: MachineFacts,
  { maxWorker }: Pick<Config, "maxWorker">,
): readonly Finding[] {
  const { limits, memoryLimit, hasShm, whyNoPings } = facts;
  return [
    whyNoPings === undefined
      ? fine("ping", "pings may be sent")
      : warn(
          "ping",
          whyNoPings,
          'a unit: AmbientCapabilities=CAP_NET_RAW; a container: --sysctl net.ipv4.ping_group_range="0 2147483647"',
        ),
    ...examineLimit(limits, { name: "open files", needs: 4 * maxWorker + 256, unit: "LimitNOFILE=" }),
    ...examineLimit(limits, {
      name: "processes",
      needs: 2 * maxWorker + 64,
      unit: "LimitNPROC= or TasksMax=",
    }),
    ...examineMemory(memoryLimit),
    hasShm
      ? fine("shm", "/dev/shm can be written")
      : warn("shm", "/dev/shm cannot be written", "mount a tmpfs there with mode 1777"),
  ];
}

/** Nothing is said of a machine whose limit cannot be read. */
function examineMemory(limit: number | undefined): readonly Finding[] {
  if (limit === undefined) return [];
  if (limit === Number.POSITIVE_INFINITY) return [fine("memory", "the cgroup has no limit")];
  if (limit >= LEAST_MEMORY) return [fine("memory", `the cgroup may have ${limit} bytes`)];
  const advice = "MemoryMax= of the unit, or the container's limit: 256 MiB and more";
  return [warn("memory", `the cgroup may have ${limit} bytes`, advice)];
}

interface Limit {
  readonly name: string;
  readonly needs: number;
  /** The option of a unit. */
  readonly unit: string;
}

function examineLimit(limits: string | undefined, { name, needs, unit }: Limit): readonly Finding[] {
  const soft = new RegExp(`^Max ${name} +(\\S+)`, "m").exec(limits ?? "")?.[1];
  if (soft === undefined) return [];
  if (soft === "unlimited" || Number(soft) >= needs) return [fine("limits", `${name}: ${soft}`)];
  return [
    warn(
      "limits",
      `${name}: ${soft}, and max_worker may need ${needs}`,
      `${unit}${needs} in the unit, or ulimit`,
    ),
  ];
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function readIfPossible(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
