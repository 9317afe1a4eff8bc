import type { ByteString } from "../../byte-string.ts";
import type { Config } from "../config.ts";
import type { PluginLimit } from "../kinds/plugin-limits.ts";
import { OTHER_QUEUES } from "../kinds/queue-users.ts";
import { error, type Remark, warning } from "../problem.ts";
import { quote } from "../quote.ts";

type RightsOptions = Pick<Config, "queueUser" | "queueLimits" | "nativeChecksAsWorker">;

/** What worker.conf says of the plugins of one queue. */
export interface QueueRights {
  /** Undefined: they run as the worker does. */
  readonly user: string | undefined;
  readonly limits: readonly PluginLimit[];
  /** Its native checks answer, too. */
  readonly hasNativeChecks: boolean;
}

/** Undefined: nothing is said of the queue. */
export function queueRightsOf(options: RightsOptions, queue: ByteString): QueueRights | undefined {
  const user = entryOf(options.queueUser, queue)?.user;
  const limits = entryOf(options.queueLimits, queue)?.limits ?? [];
  if (user === undefined && limits.length === 0) return undefined;
  const asWorker = options.nativeChecksAsWorker;
  const hasNativeChecks = user === undefined || asWorker.includes(queue) || asWorker.includes(OTHER_QUEUES);
  return { user, limits, hasNativeChecks };
}

/** A queue that is named itself has nothing of what is said of the others. */
function entryOf<Entry extends { readonly queue: ByteString }>(
  entries: readonly Entry[],
  queue: ByteString,
): Entry | undefined {
  return (
    entries.find((entry) => entry.queue === queue) ?? entries.find((entry) => entry.queue === OTHER_QUEUES)
  );
}

/** Options that cannot do what whoever wrote them may think. */
export function findUnclearRights(
  options: RightsOptions,
): readonly { readonly name: "queue_limits" | "native_checks_as_worker"; readonly remark: Remark }[] {
  const userOf = (queue: ByteString) => queueRightsOf(options, queue)?.user;
  const counted = options.queueLimits.filter(
    ({ queue, limits }) => limits.some(({ name }) => name === "nproc") && userOf(queue) === undefined,
  );
  const without = options.nativeChecksAsWorker.filter((queue) =>
    queue === OTHER_QUEUES ? options.queueUser.length === 0 : userOf(queue) === undefined,
  );
  return [
    ...counted.map(({ queue }) => {
      const text = `queue_limits: nproc of ${quote(queue)} would count all processes of the worker's user`;
      return { name: "queue_limits" as const, remark: error(text, `name a user: queue_user=${queue}:USER`) };
    }),
    ...without.map((queue) => {
      const text = `native_checks_as_worker: ${quote(queue)} has no effect without queue_user for it`;
      return { name: "native_checks_as_worker" as const, remark: warning(text) };
    }),
  ];
}
