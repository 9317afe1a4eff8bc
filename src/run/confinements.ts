import { type ByteString, fromByteString } from "../byte-string.ts";
import type { Config } from "../config/config.ts";
import type { PluginLimit } from "../config/kinds/plugin-limits.ts";
import { ConfigError, error } from "../config/problem.ts";
import { type QueueRights, queueRightsOf } from "../config/worker/queue-rights.ts";
import { readAccount } from "../executor/confinement/account.ts";
import type { Confinement, ResourceLimit } from "../executor/confinement/confinement.ts";
import { whyNotConfinable } from "../executor/confinement/trial.ts";
import { queueNames } from "../job/queues.ts";

/** How the commands of a queue are confined. Undefined: they run as the worker does. */
export type FindConfinement = (queue: ByteString) => Confinement | undefined;

/** A served queue of which worker.conf says how its commands run, and whether they can. */
export interface ConfinedQueue {
  readonly queue: ByteString;
  readonly rights: QueueRights;
  readonly confinement: Confinement | undefined;
  /** Why its commands cannot run so. */
  readonly problem: string | undefined;
}

/**
 * The confinements of all queues. Throws a ConfigError if one of them cannot be had: its plugins would have
 * more rights than the operator has written.
 */
export function createConfinements(config: Config): FindConfinement {
  const queues = examineConfinements(config);
  const problems = queues.flatMap(({ queue, rights, problem }) =>
    problem === undefined ? [] : [error(`${renderSubject(queue, rights)}: ${problem}`, HINT)],
  );
  if (problems.length > 0) throw new ConfigError(problems);
  const found = new Map(queues.map(({ queue, confinement }) => [queue, confinement]));
  return (queue) => found.get(queue);
}

/** Tries whether commands can run as worker.conf says it. Queues that have the same are tried once. */
export function examineConfinements(config: Config): readonly ConfinedQueue[] {
  const tried = new Map<string, Pick<ConfinedQueue, "confinement" | "problem">>();
  return queueNames(config).flatMap((queue) => {
    const rights = queueRightsOf(config, queue);
    if (rights === undefined) return [];
    const { user, limits } = rights;
    const key = JSON.stringify([user, limits]);
    const result = tried.get(key) ?? tryRights(rights);
    tried.set(key, result);
    return [{ queue, rights, ...result }];
  });
}

/** The option and the queue, for people. */
export function renderSubject(queue: ByteString, { user }: QueueRights): string {
  const name = fromByteString(queue);
  return user === undefined ? `queue_limits of ${name}` : `queue_user=${name}:${user}`;
}

const HINT = "docs/security.md, As whom plugins run";

function tryRights({ user, limits }: QueueRights): Pick<ConfinedQueue, "confinement" | "problem"> {
  const account = user === undefined ? undefined : readAccount(user);
  if (user !== undefined && account === undefined) return failed(`there is no user ${user} on this machine`);
  if (account?.uid === 0)
    return failed(
      "plugins of a queue do not run as root, let those that need it use sudo in a queue without queue_user",
    );
  const confinement = { account, limits: limits.map(toResourceLimit) };
  const problem = whyNotConfinable(confinement);
  return { confinement, problem };
}

function failed(problem: string): Pick<ConfinedQueue, "confinement" | "problem"> {
  return { confinement: undefined, problem };
}

/** A plugin that has used up its time is told so by a signal of its own, a second before it is killed. */
function toResourceLimit({ name, value }: PluginLimit): ResourceLimit {
  return { name, soft: value, hard: name === "cpu" ? value + 1 : value };
}
