import type { AlertGroup } from "./alert.ts";
import { JOB_ALERTS } from "./job-alerts.ts";
import { PROGRAM_ALERTS } from "./program-alerts.ts";
import { QUEUE_ALERTS } from "./queue-alerts.ts";
import { WORKER_ALERTS } from "./worker-alerts.ts";

/** All alerts. The rules of Prometheus and docs/alerts.md are rendered from them. */
export const ALERT_GROUPS: readonly AlertGroup[] = [
  { name: "omd-worker", alerts: WORKER_ALERTS },
  { name: "omd-worker-queues", alerts: QUEUE_ALERTS },
  { name: "omd-worker-jobs", alerts: JOB_ALERTS },
  { name: "omd-worker-programs", alerts: PROGRAM_ALERTS },
];
