import type { Facts, Finding, Rule } from "./finding.ts";
import {
  clockDiffers,
  manyTimeOuts,
  otherKey,
  queueDeep,
  refusedJobs,
  slotsFull,
  unreadableJobs,
  unusablePlugins,
} from "./job-rules.ts";
import { queueAtLimit, targetsAtLimit } from "./limit-rules.ts";
import {
  jobServerAway,
  jobServerSilent,
  noJobServer,
  outboxOld,
  queueWithoutWorker,
  resultsWait,
  spoolFails,
} from "./server-rules.ts";
import { filesSetAside, loopLate, notOpen, reloadFailed } from "./worker-rules.ts";

/** In the order of their weight. */
const RULES: Readonly<Record<string, Rule>> = {
  noJobServer,
  jobServerAway,
  otherKey,
  unreadableJobs,
  outboxOld,
  resultsWait,
  spoolFails,
  queueWithoutWorker,
  refusedJobs,
  unusablePlugins,
  reloadFailed,
  filesSetAside,
  jobServerSilent,
  slotsFull,
  queueDeep,
  queueAtLimit,
  targetsAtLimit,
  manyTimeOuts,
  loopLate,
  clockDiffers,
  notOpen,
};

const LEVELS: readonly Finding["level"][] = ["problem", "warning", "note"];

/** What is wrong, the gravest first. Empty: nothing is. */
export function findWrong(facts: Facts): readonly Finding[] {
  const findings = Object.entries(RULES).flatMap(([rule, find]) => {
    const found = find(facts);
    return found === undefined ? [] : [{ rule, ...found }];
  });
  return findings.toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}
