import { accessSync, constants } from "node:fs";
import { findClockDifference } from "../job/clock.ts";
import { adviseOnUnusable, renderUnusable } from "../outcome/unusable-plugin.ts";
import { type Finding, fail, fine, warn } from "./finding.ts";

/** What a running worker says of its latest jobs. Texts are UTF-8, times seconds. */
export interface RecentFacts {
  readonly unusable: readonly { readonly path: string; readonly why: string }[];
  /** From the time that the core had planned for a job to its start, at least. */
  readonly leastLatency?: number | undefined;
  readonly unreadable?: { readonly count: number; readonly lastTime: number; readonly why: string };
}

/** Jobs that all wait for so long wait for slots, or the core's clock is behind. */
const LATE_SECONDS = 60;
/** What could not be read before may have been mended since. */
const FORGOTTEN_SECONDS = 900;

/** Undefined: no worker of this configuration runs here. */
export function examineRecent(recent: RecentFacts | undefined, now = Date.now() / 1000): readonly Finding[] {
  if (recent === undefined)
    return [fine("jobs", "no worker with this identifier runs here, so no recent jobs were looked at")];
  return [
    ...examineUnreadable(recent.unreadable, now),
    ...examineClock(recent.leastLatency),
    ...examinePlugins(recent),
  ];
}

/** The core gets no result of them, so all of its checks may be missing. */
function examineUnreadable(unreadable: RecentFacts["unreadable"], now: number): readonly Finding[] {
  if (unreadable === undefined || now - unreadable.lastTime > FORGOTTEN_SECONDS) return [];
  const { count, lastTime, why } = unreadable;
  const ago = `the last ${Math.max(0, now - lastTime).toFixed(0)} s ago`;
  const jobs = count === 1 ? "a job" : `${count} jobs`;
  return [fail("jobs", `the running worker could not read ${jobs}, ${ago}`, why)];
}

function examineClock(leastLatency: number | undefined): readonly Finding[] {
  if (leastLatency === undefined) return [];
  const difference = findClockDifference(leastLatency);
  if (difference !== undefined) return [warn("clock", difference.text, difference.advice)];
  if (leastLatency > LATE_SECONDS) {
    const text = `of the last minutes no job began less than ${leastLatency.toFixed(1)} s after its time`;
    return [warn("clock", text, "set the clocks of both machines; if they agree, raise max-worker")];
  }
  return [fine("clock", "the times of jobs agree with this machine's clock")];
}

/** A plugin that has come meanwhile is fine. */
function examinePlugins({ unusable }: RecentFacts): readonly Finding[] {
  const still = unusable.filter(({ path }) => !isExecutable(path));
  if (still.length === 0) return [fine("plugin", "every plugin that recent jobs have named can be started")];
  return still.map((plugin) =>
    warn("plugin", `${renderUnusable(plugin)}, and recent jobs have named it`, adviseOnUnusable([plugin])),
  );
}

function isExecutable(path: string): boolean {
  if (!path.startsWith("/")) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
