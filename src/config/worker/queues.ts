import { queueNames } from "../../job/queues.ts";
import type { Config } from "../config.ts";
import { error, type Remark } from "../problem.ts";
import { quote } from "../quote.ts";
import type { Draft } from "../read/draft.ts";
import type { WorkerOption } from "./options.ts";

/**
 * Any of these turns the default queues off. As in the C worker perfdata is one of them, though no worker
 * serves it.
 */
const QUEUE_OPTIONS: readonly WorkerOption["name"][] = [
  "hosts",
  "services",
  "eventhandler",
  "notifications",
  "hostgroups",
  "servicegroups",
  "perfdata",
];

/** The four general queues, if no queue is named at all. `hosts=no` names one already. */
export function defaultQueues({ values }: Draft): Partial<Config> {
  const isNamed = (name: string) => {
    const value = values.get(name);
    return value !== undefined && !(Array.isArray(value) && value.length === 0);
  };
  if (QUEUE_OPTIONS.some(isNamed)) return {};
  return { hosts: true, services: true, eventhandler: true, notifications: true };
}

export function hasQueue(config: Config): boolean {
  const { hosts, services, eventhandler, notifications, hostgroups, servicegroups } = config;
  return hosts || services || eventhandler || notifications || hostgroups.length + servicegroups.length > 0;
}

/** What is wrong with the limits of queues: a name that gearmand would never be asked for limits nothing. */
export function findUnknownQueues(config: Config): readonly Remark[] {
  const served = queueNames(config);
  if (served.length === 0) return [];
  return config.queueMaxWorker
    .filter(({ queue }) => !served.includes(queue))
    .map(({ queue }) =>
      error(
        `queue_max_worker: this worker serves no queue ${quote(queue)}`,
        `its queues are ${served.map(quote).join(", ")}`,
      ),
    );
}
