import type { ByteString } from "../../byte-string.ts";
import { queueNames } from "../../job/queues.ts";
import type { Config } from "../config.ts";
import { OTHER_QUEUES } from "../kinds/queue-users.ts";
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

/** The options that name queues. */
type QueueOption = "queue_max_worker" | "queue_user" | "queue_limits" | "native_checks_as_worker";

/** What is wrong with what is said of queues: of a name that gearmand is never asked for it says nothing. */
export function findUnknownQueues(
  config: Config,
): readonly { readonly name: QueueOption; readonly remark: Remark }[] {
  const served = queueNames(config);
  if (served.length === 0) return [];
  const named: readonly (readonly [QueueOption, readonly ByteString[]])[] = [
    ["queue_max_worker", queuesOf(config.queueMaxWorker)],
    ["queue_user", queuesOf(config.queueUser)],
    ["queue_limits", queuesOf(config.queueLimits)],
    ["native_checks_as_worker", config.nativeChecksAsWorker],
  ];
  return named.flatMap(([name, queues]) =>
    queues
      .filter((queue) => !served.includes(queue) && !(queue === OTHER_QUEUES && name !== "queue_max_worker"))
      .map((queue) => {
        const hint = `its queues are ${served.map(quote).join(", ")}`;
        return { name, remark: error(`${name}: this worker serves no queue ${quote(queue)}`, hint) };
      }),
  );
}

function queuesOf(entries: readonly { readonly queue: ByteString }[]): readonly ByteString[] {
  return entries.map(({ queue }) => queue);
}
