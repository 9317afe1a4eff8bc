import { findClockDifference } from "../../job/clock.ts";
import { adviseOnUnusable, renderUnusable } from "../../outcome/unusable-plugin.ts";
import { countOf, listOf, type Rule, verbOf } from "./finding.ts";
import { isForWorkers } from "./server-rules.ts";

/** So many time-outs, and such a share of the jobs, are more than a few slow hosts. */
const MANY_TIMEOUTS = 5;
const TIMEOUT_SHARE = 0.05;
/** A plugin that no job has named for so long is no news. */
const FORGOTTEN_SECONDS = 3_600;
/** So many may wait at any time, as many as come at once. */
const FEW_WAITING = 100;
/** The counts of troubles are of so many minutes at least, and of twice as many at most. */
const MINUTES_OF_COUNTS = 5;
const LATELY = "in the last minutes";

export const slotsFull: Rule = ({ status: { slots }, queues }) => {
  const served = queues.queues.filter((queue) => isForWorkers(queue) && queue.workers > 0);
  const waiting = served.reduce((total, queue) => total + queue.waiting, 0);
  if (waiting === 0 || slots.busy < slots.max) return undefined;
  return {
    level: "warning",
    text: `All ${countOf(slots.max, "slot")} are busy, and ${countOf(waiting, "job")} ${verbOf(waiting, "wait")}.`,
    advice: "If it stays so, raise max-worker, start another worker, or look at the slowest checks below.",
  };
};

/**
 * As the alert OmdQueueDeep. Slots say nothing of quick checks: they are free and taken again many times
 * between two looks, while the worker runs as much as its thread can.
 */
export const queueDeep: Rule = ({ status: { slots }, queues, troubles }) => {
  const limited = new Set(slots.queues?.map(({ queue }) => queue));
  const waiting = queues.queues
    .filter((queue) => isForWorkers(queue) && queue.workers > 0 && !limited.has(queue.queue))
    .reduce((total, queue) => total + queue.waiting, 0);
  const inAMinute = troubles.of("ran").count / MINUTES_OF_COUNTS;
  if (waiting <= FEW_WAITING || waiting <= inAMinute) return undefined;
  return {
    level: "warning",
    text: `${countOf(waiting, "job")} wait, more than this worker runs in a minute.`,
    advice:
      "If the CPU of this machine is used up, start another worker. If it is not, raise max-worker, or look at the slowest checks below.",
  };
};

export const manyTimeOuts: Rule = ({ troubles }) => {
  const { count } = troubles.of("timed-out");
  const ran = troubles.of("ran").count;
  if (count < MANY_TIMEOUTS || count < ran * TIMEOUT_SHARE) return undefined;
  return {
    level: "warning",
    text: `${countOf(count, "job")} of ${ran.toLocaleString("en")} timed out ${LATELY}.`,
    advice:
      "The most failing checks below name the plugins: see whether their hosts answer and whether this machine is overloaded.",
  };
};

export const refusedJobs: Rule = ({ troubles }) => {
  const { count, last } = troubles.of("refused");
  if (count === 0) return undefined;
  return {
    level: "problem",
    text: `${countOf(count, "job")} ${count === 1 ? "was" : "were"} refused ${LATELY}, the last by the rule ${last}.`,
    advice: ADVICE_OF_REFUSAL[last] ?? "The log says which job and why.",
  };
};

const RESTRICTED =
  "Write the command as restrict_path and restrict_command_characters allow it, or widen them in worker.conf.";
const UNLISTED =
  "Add a line of restrict_allow for the command: omd-worker check --explain -- COMMAND shows the nearest.";
const ADVICE_OF_REFUSAL: Readonly<Record<string, string>> = {
  "no-absolute-path": RESTRICTED,
  "forbidden-character": RESTRICTED,
  "outside-restrict-path": RESTRICTED,
  "hidden-command": RESTRICTED,
  "not-plain": UNLISTED,
  "not-allowed": UNLISTED,
  "handler-not-allowed":
    "Add a line of eventhandler_allow for the event handler: omd-worker check --explain -- COMMAND shows the nearest.",
  "handler-too-often":
    "An event handler is called more often than eventhandler_rate allows: omd-worker handlers report shows which. A check that flaps does it.",
  "no-secret": "See whether the file is in secret_dir, and whether the worker may read it.",
  "no-plugin": "Install the plugin on this machine; the log names it.",
  "not-understood": "Correct the command line: omd-worker check NAME --help shows the options.",
};

export const otherKey: Rule = ({ troubles, status: { recent } }) => {
  const { count } = troubles.of("other-key");
  if (count === 0) return undefined;
  const last = recent.unreadable === undefined ? "" : ` The last one: ${recent.unreadable.why}`;
  return {
    level: "problem",
    text: `${countOf(count, "job")} could not be read ${LATELY}: the core has another key, or another encryption.`,
    advice: `Give the worker the key and the encryption of the core's module (key, keyfile, encryption).${last}`,
  };
};

export const unreadableJobs: Rule = ({ troubles }) => {
  const { count } = troubles.of("unreadable");
  if (count === 0) return undefined;
  return {
    level: "problem",
    text: `${countOf(count, "job")} could not be understood ${LATELY}.`,
    advice: "The log says what was wrong; see whether another program puts jobs into the worker's queues.",
  };
};

export const unusablePlugins: Rule = ({ status: { recent }, now }) => {
  const lately = recent.unusable.filter(({ lastTime }) => now - lastTime < FORGOTTEN_SECONDS);
  if (lately.length === 0) return undefined;
  return {
    level: "problem",
    text: `Jobs have named ${lately.length === 1 ? "a plugin" : "plugins"} that cannot be started: ${listOf(lately.toReversed().map(renderUnusable))}.`,
    advice: sentence(adviseOnUnusable(lately)),
  };
};

export const clockDiffers: Rule = ({ status: { recent } }) => {
  const difference = findClockDifference(recent.leastLatency);
  if (difference === undefined) return undefined;
  const advice = `${sentence(difference.advice)} Latencies are wrong until then.`;
  return { level: "warning", text: sentence(difference.text), advice };
};

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
