import type { WorkerStatus } from "../../worker/worker-status.ts";
import type { Troubles } from "../counts/troubles.ts";
import type { PageQueues } from "../snapshot/queues.ts";

/** Something that an operator should know, and what to do about it. Texts are for people. */
export interface Finding {
  /** Names the rule, so that a viewer can tell news from a figure that has changed. */
  readonly rule: string;
  /** `problem`: checks or results are missing. `warning`: they may be soon. `note`: it is so on purpose. */
  readonly level: "problem" | "warning" | "note";
  readonly text: string;
  readonly advice: string;
}

/** What the rules look at. */
export interface Facts {
  readonly status: Pick<WorkerStatus, "state" | "slots" | "outbox" | "jobServers" | "native" | "recent">;
  readonly queues: Pick<PageQueues, "queues" | "silent">;
  readonly troubles: Pick<Troubles, "of">;
  /** When a reload has failed, in seconds since the epoch; undefined if the last one did not. */
  readonly failedReload: number | undefined;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** Undefined: all is well. */
export type Rule = (facts: Facts) => Omit<Finding, "rule"> | undefined;

const MAX_NAMES = 3;

/** `a, b, c and 5 more` */
export function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(", ");
  return names.length <= MAX_NAMES ? shown : `${shown} and ${names.length - MAX_NAMES} more`;
}

/** `1 job`, `1,200 jobs` */
export function countOf(count: number, word: string): string {
  return `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
}

/** `a job waits`, `jobs wait`: the verb follows the count. */
export function verbOf(count: number, verb: string): string {
  return count === 1 ? `${verb}s` : verb;
}
