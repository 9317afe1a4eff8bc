import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** How full a cgroup is, in bytes. What the kernel can take back at once does not count as used. */
export interface MemoryReading {
  readonly limit: number;
  readonly used: number;
}

/** Undefined: there is no limit, or it cannot be read. */
export type ReadMemory = () => MemoryReading | undefined;

/** Of the limit. From here on the kernel has to take pages of programs back, and everything becomes slow. */
export const FULL = 7 / 8;

interface CgroupFiles {
  readonly limits: readonly string[];
  readonly used: string;
  readonly stat: string;
  /** The name in `stat` of what was read from files and not used lately. */
  readonly reclaimable: string;
}

const UNIFIED = {
  limits: ["memory.max", "memory.high"],
  used: "memory.current",
  stat: "memory.stat",
  reclaimable: "inactive_file",
};
const LEGACY = {
  limits: ["memory.limit_in_bytes"],
  used: "memory.usage_in_bytes",
  stat: "memory.stat",
  reclaimable: "total_inactive_file",
};

export interface CgroupPlaces {
  readonly self: string;
  readonly root: string;
}

const USUAL_PLACES: CgroupPlaces = { self: "/proc/self/cgroup", root: "/sys/fs/cgroup" };

/** The nearest limit of the cgroup of this process and of those that it lies in. */
export function findMemory(places: CgroupPlaces = USUAL_PLACES): ReadMemory {
  const found = candidates(places).find((files) => limitOf(files) !== undefined);
  if (found === undefined) return () => undefined;
  return () => {
    const limit = limitOf(found);
    const used = bytesIn(found.used);
    if (limit === undefined || used === undefined) return undefined;
    return used < limit * FULL ? { limit, used } : { limit, used: used - reclaimableOf(found) };
  };
}

/**
 * The lowest limit of the cgroup of this process and of those that it lies in, in bytes; Infinity if none has
 * one. Undefined: it cannot be read.
 */
export function readMemoryLimit(places: CgroupPlaces = USUAL_PLACES): number | undefined {
  const told = candidates(places).filter(({ limits }) =>
    limits.some((path) => readIfPossible(path) !== undefined),
  );
  if (told.length === 0) return undefined;
  return Math.min(...told.map((files) => limitOf(files) ?? Number.POSITIVE_INFINITY));
}

/** A container sees its own cgroup as the root of the mount, under whatever name the host has for it. */
function candidates({ self, root }: CgroupPlaces): readonly CgroupFiles[] {
  const text = readIfPossible(self) ?? "";
  const unified = /^0::(\/.*)$/m.exec(text)?.[1];
  const legacy = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(\/.*)$/m.exec(text)?.[1];
  return [
    ...folders(legacy, join(root, "memory")).map((folder) => filesIn(folder, LEGACY)),
    ...folders(unified, root).map((folder) => filesIn(folder, UNIFIED)),
  ];
}

function folders(path: string | undefined, root: string): readonly string[] {
  if (path === undefined) return [];
  const above = path === "/" ? [] : folders(dirname(path), root);
  return [join(root, path), ...above];
}

function filesIn(folder: string, names: CgroupFiles): CgroupFiles {
  return {
    limits: names.limits.map((name) => join(folder, name)),
    used: join(folder, names.used),
    stat: join(folder, names.stat),
    reclaimable: names.reclaimable,
  };
}

/** The old cgroups say "no limit" with a number that no machine has. */
const NO_LIMIT = 2 ** 60;

function limitOf({ limits }: CgroupFiles): number | undefined {
  const numbers = limits.map((path) => bytesIn(path) ?? NO_LIMIT);
  const lowest = Math.min(...numbers);
  return lowest < NO_LIMIT ? lowest : undefined;
}

function reclaimableOf({ stat, reclaimable }: CgroupFiles): number {
  const text = readIfPossible(stat) ?? "";
  return Number(new RegExp(`^${reclaimable} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
}

/** Undefined: the file is not there, or it says `max`. */
function bytesIn(path: string): number | undefined {
  const text = readIfPossible(path)?.trim();
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function readIfPossible(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
