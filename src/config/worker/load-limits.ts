import type { Config } from "../config.ts";
import type { Machine } from "../machine.ts";
import type { Draft } from "../read/draft.ts";
import { configKey } from "../values.ts";

export const LOAD_LIMITS = ["load_limit1", "load_limit5", "load_limit15"] as const;

/**
 * The Go worker's limits by CPU, only if load_cpu_multi is set. A written limit of 0 is kept: it means no
 * limit.
 */
export function loadLimits(
  { loadCpuMulti }: Pick<Config, "loadCpuMulti">,
  { values }: Draft,
  { cpus }: Machine,
): Partial<Config> {
  if (loadCpuMulti === 0) return {};
  const missing = LOAD_LIMITS.filter((name) => !values.has(name));
  return Object.fromEntries(missing.map((name) => [configKey(name), loadCpuMulti * cpus]));
}
