import { type Finding, fail, fine, warn } from "./finding.ts";

/** A queue whose plugins run as another user, or with limits. */
export interface QueueRightsFacts {
  /** As worker.conf says it: `queue_user=host:nobody`. */
  readonly subject: string;
  /** Why its plugins cannot run so. Undefined: they can. */
  readonly problem: string | undefined;
}

/** `mayTry`: this process may do what the worker must, so what it has found holds for the worker. */
export function examineQueueRights(queues: readonly QueueRightsFacts[], mayTry: boolean): readonly Finding[] {
  return queues.map(({ subject, problem }) => {
    if (problem === undefined) return fine("user", `${subject}: a plugin can run so`);
    if (mayTry) return fail("user", `${subject}: ${problem}`, "docs/security.md, As whom plugins run");
    return warn("user", `${subject} was not tried: ${problem}`, "run doctor as root to try it");
  });
}
