import type { WorkerStatus } from "./worker-status.ts";

/** The answer, word for word that of the C worker: dashboards graph its perfdata. */
export function renderStatus(
  status: Pick<WorkerStatus, "hostName" | "version" | "slots"> & {
    readonly jobs: Pick<WorkerStatus["jobs"], "done">;
  },
): string {
  const { hostName, version, slots, jobs } = status;
  return (
    `${hostName} has ${slots.size} worker and is working on ${slots.busy} jobs. Version: ${version}` +
    `|worker=${slots.size};;;${slots.min};${slots.max} jobs=${jobs.done}c`
  );
}
