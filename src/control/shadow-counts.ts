import type { WorkerStatus } from "../worker/worker-status.ts";

/**
 * The status without the texts of differences: they are what plugins have printed, and every user may read a
 * status.
 */
export function countsOnly(status: WorkerStatus): WorkerStatus {
  const counts = Object.entries(status.shadow.checks).map(
    ([name, count]) => [name, { ...count, examples: [] }] as const,
  );
  return { ...status, shadow: { ...status.shadow, checks: Object.fromEntries(counts) } };
}
