import { collectGarbage } from "../src/collect-garbage.ts";

/** In MiB, after a collection. */
export interface Memory {
  /** Objects of V8, compiled code among them. */
  readonly heap: number;
  /** Buffers. */
  readonly buffers: number;
  /** What the process has of the machine: also pages that V8 and malloc keep for what comes next. */
  readonly resident: number;
}

const MIB = 1024 * 1024;

export function measureMemory(): Memory {
  collectGarbage("everything");
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed / MIB, buffers: external / MIB, resident: rss / MIB };
}

export function renderMemory(before: Memory, after: Memory): string {
  const names = ["heap", "buffers", "resident"] as const;
  const parts = names.map((name) => `${name} ${before[name].toFixed(0)} to ${after[name].toFixed(0)} MiB`);
  return `memory after a collection: ${parts.join(", ")}`;
}
