import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import type { LogThrottle } from "../log-throttle.ts";

/** Limits of worker.conf; 0 means no limit. Load as in uptime(1), memory as percent used. */
export interface LoadLimits {
  readonly loadLimit1: number;
  readonly loadLimit5: number;
  readonly loadLimit15: number;
  readonly memLimit: number;
}

export interface HostReadings {
  readonly load: readonly number[];
  readonly memoryUsedPercent: number;
}

/** The reason why no more slots may be opened; undefined when they may. */
export function exceededLimit(
  limits: LoadLimits,
  { load, memoryUsedPercent }: HostReadings,
): string | undefined {
  for (const [index, minutes, limit] of [
    [0, 1, limits.loadLimit1],
    [1, 5, limits.loadLimit5],
    [2, 15, limits.loadLimit15],
  ] as const) {
    const value = load[index] ?? 0;
    if (limit > 0 && value >= limit)
      return `load limit ${minutes}min hit, not starting any more workers: ${value.toFixed(2)} > ${limit.toFixed(2)}`;
  }
  if (limits.memLimit > 0 && memoryUsedPercent >= limits.memLimit)
    return `memory limit hit, not starting any more workers: ${memoryUsedPercent.toFixed(0)}% > ${limits.memLimit}%`;
  return undefined;
}

export function readHost(): HostReadings {
  return { load: loadavg(), memoryUsedPercent: memoryUsedPercent(readFileSync("/proc/meminfo", "latin1")) };
}

/** `meminfo` is the text of /proc/meminfo. */
export function memoryUsedPercent(meminfo: string): number {
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(meminfo)?.[1]);
  const total = kilobytes("MemTotal");
  const available = kilobytes("MemAvailable") || kilobytes("MemFree");
  return total > 0 ? ((total - available) / total) * 100 : 0;
}

/** Whether the host's load allows another slot. The log says why not, at most once a minute. */
export function createLoadGuard(
  limits: () => LoadLimits,
  throttle: Pick<LogThrottle, "state">,
  read = readHost,
): () => boolean {
  return () => {
    const { loadLimit1, loadLimit5, loadLimit15, memLimit } = limits();
    if (loadLimit1 + loadLimit5 + loadLimit15 + memLimit === 0) return true;
    const reason = findReason(limits(), read);
    if (reason !== undefined) throttle.state("load", reason);
    return reason === undefined;
  };
}

/** A host whose load cannot even be read, as without a free file descriptor, gets no more slots. */
function findReason(limits: LoadLimits, read: () => HostReadings): string | undefined {
  try {
    return exceededLimit(limits, read());
  } catch (error) {
    return `cannot read the host's load, not starting any more workers: ${error}`;
  }
}
