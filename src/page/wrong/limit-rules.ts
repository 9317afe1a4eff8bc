import { fromByteString, withoutControls } from "../../byte-string.ts";
import { countOf, listOf, type Rule, verbOf } from "./finding.ts";

/** A queue may be at its limit for a while after an outage. */
const LONG_SECONDS = 600;
/** A check that waits so long for its place is late. */
const LONG_WAIT_SECONDS = 10;
/** As the worker names the wait for it. */
const PLACES = "places at targets";

export const queueAtLimit: Rule = ({ status: { slots }, queues }) => {
  const long = (slots.queues ?? []).flatMap(({ queue, most, waiting, fullFor }) => {
    const name = fromByteString(queue);
    const left = queues.queues.filter((each) => each.queue === name);
    const jobs = left.reduce((total, each) => total + each.waiting, waiting);
    if (fullFor < LONG_SECONDS || jobs === 0) return [];
    const minutes = Math.floor(fullFor / 60);
    return [
      `${withoutControls(name)} (limit ${most}, for ${minutes} min, ${countOf(jobs, "job")} ${verbOf(jobs, "wait")})`,
    ];
  });
  if (long.length === 0) return undefined;
  return {
    level: "warning",
    text: `${long.length === 1 ? "A queue is" : "Queues are"} at the limit of queue_max_worker: ${listOf(long)}.`,
    advice: "See whether its checks hang; else raise the limit, or let another worker serve the queue, too.",
  };
};

export const targetsAtLimit: Rule = ({ status: { native } }) => {
  const wait = native.waits[PLACES];
  const full = (native.targets?.full ?? []).filter(({ waiting }) => waiting > 0);
  if (full.length === 0 || wait === undefined || wait.oldestWait < LONG_WAIT_SECONDS) return undefined;
  const names = full.map(({ target, waiting }) => `${withoutControls(fromByteString(target))} (${waiting})`);
  return {
    level: "warning",
    text: `${countOf(wait.waiting, "native check")} ${verbOf(wait.waiting, "wait")} for a place at: ${listOf(names)}.`,
    advice: "See whether the host answers; if it is well and many checks ask it, raise native_target_max.",
  };
};
