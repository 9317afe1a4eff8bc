import { accessSync, constants } from "node:fs";
import { withoutControls } from "../byte-string.ts";
import { type Finding, fine, warn } from "./finding.ts";

/** What a running worker says of its latest jobs. Texts are UTF-8, times seconds. */
export interface RecentFacts {
  readonly unusable: readonly { readonly path: string; readonly why: string }[];
  /** From the time that the core had planned for a job to its start, at least. */
  readonly leastLatency?: number | undefined;
}

/** A difference that the network and the core's own second explain is none. */
const CLOCK_SECONDS = 2;
/** Jobs that all wait for so long wait for slots, or the core's clock is behind. */
const LATE_SECONDS = 60;

/** Undefined: no worker of this configuration runs here. */
export function examineRecent(recent: RecentFacts | undefined): readonly Finding[] {
  if (recent === undefined)
    return [fine("jobs", "no worker with this identifier runs here, so no recent jobs were looked at")];
  return [...examineClock(recent.leastLatency), ...examinePlugins(recent)];
}

function examineClock(leastLatency: number | undefined): readonly Finding[] {
  if (leastLatency === undefined) return [];
  const seconds = Math.abs(leastLatency).toFixed(1);
  if (leastLatency < -CLOCK_SECONDS) {
    const text = `a job began ${seconds} s before the time that the core had planned for it`;
    return [warn("clock", text, "set the clocks of this machine and of the core, as with chrony")];
  }
  if (leastLatency > LATE_SECONDS) {
    const text = `of the last minutes no job began less than ${seconds} s after its time`;
    return [warn("clock", text, "set the clocks of both machines; if they agree, raise max-worker")];
  }
  return [fine("clock", "the times of jobs agree with this machine's clock")];
}

/** A plugin that has come meanwhile is fine. */
function examinePlugins({ unusable }: RecentFacts): readonly Finding[] {
  const still = unusable.filter(({ path }) => !isExecutable(path));
  if (still.length === 0) return [fine("plugin", "every plugin that recent jobs have named can be started")];
  return still.map(({ path, why }) => {
    const advice =
      why === "not found" ? "install it on this machine" : "look at its rights and its first line";
    return warn("plugin", `${withoutControls(path)}: ${why}, and recent jobs have named it`, advice);
  });
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
