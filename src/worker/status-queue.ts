export interface WorkerStatus {
  readonly hostName: string;
  readonly version: string;
  readonly workers: number;
  readonly busy: number;
  readonly minWorker: number;
  readonly maxWorker: number;
  /** Jobs done since the start. */
  readonly jobs: number;
}

/** The queue that answers what this worker does; check_gearman and dashboards ask it by name. */
export function statusQueueName(identifier: string): string {
  return `worker_${identifier}`;
}

/** The answer, word for word the C worker's: dashboards graph its perfdata. */
export function renderStatus(status: WorkerStatus): string {
  const { hostName, version, workers, busy, minWorker, maxWorker, jobs } = status;
  return (
    `${hostName} has ${workers} worker and is working on ${busy} jobs. Version: ${version}` +
    `|worker=${workers};;;${minWorker};${maxWorker} jobs=${jobs}c`
  );
}
