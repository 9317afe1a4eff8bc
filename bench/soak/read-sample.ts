import { readdirSync, readFileSync } from "node:fs";
import type { EndlessLoad } from "../load/endless-load.ts";
import { processTree, pssMiB } from "../processes/process-tree.ts";
import type { Sample } from "./figures.ts";

/** What only the worker can tell. */
export type OwnFigures = Pick<Sample, "heapMiB" | "externalMiB" | "v8MiB" | "timers" | "handles">;

export interface Observed {
  readonly pid: number;
  /** What the worker has told. */
  readonly own: OwnFigures;
  readonly load: Pick<EndlessLoad, "counts" | "takeLatencies">;
  readonly startMs: number;
}

const MIB = 2 ** 20;
const KIB_PER_MIB = 1024;

/** Looks at a worker from outside. */
export function readSample({ pid, own, load, startMs }: Observed): Sample {
  const family = processTree(pid);
  const { submitted, results } = load.counts;
  const { p50, p99 } = load.takeLatencies();
  return {
    seconds: (performance.now() - startMs) / 1000,
    pssMiB: rollUp(pid, "Pss"),
    anonymousMiB: rollUp(pid, "Anonymous"),
    ...own,
    mallocMiB: readMallocMiB(readFileSync(`/proc/${pid}/smaps`, "latin1")),
    allPssMiB: pssMiB(family.map((one) => one.pid)),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    processes: family.filter(({ isZombie }) => !isZombie).length,
    zombies: family.filter(({ isZombie }) => isZombie).length,
    p50Ms: p50,
    p99Ms: p99,
    submitted,
    results,
  };
}

/** From the metrics in the text format of Prometheus. */
export function readOwnFigures(metrics: string): OwnFigures {
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(metrics)?.[1]);
  const resources = [...metrics.matchAll(/^nodejs_active_resources\{type="(\w+)"\} (\d+)$/gm)];
  const count = (isTimer: boolean) =>
    resources
      .filter(([, type]) => (type === "Timeout") === isTimer)
      .reduce((sum, [, , number]) => sum + Number(number), 0);
  return {
    heapMiB: value("nodejs_heap_size_used_bytes") / MIB,
    externalMiB: value("nodejs_external_memory_bytes") / MIB,
    v8MiB: value("nodejs_heap_size_total_bytes") / MIB,
    timers: count(true),
    handles: count(false),
  };
}

/** With one arena all of malloc's memory is in this mapping, but for blocks of some hundred KiB and more. */
export function readMallocMiB(smaps: string): number {
  const mapping = /\[heap\]\n([\s\S]*?)^VmFlags:/m.exec(smaps)?.[1] ?? "";
  return Number(/^Anonymous:\s+(\d+)/m.exec(mapping)?.[1] ?? 0) / KIB_PER_MIB;
}

function rollUp(pid: number, field: string): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(text)?.[1]) / KIB_PER_MIB;
}
