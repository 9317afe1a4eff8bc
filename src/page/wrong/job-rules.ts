import { fromByteString, withoutControls } from "../../byte-string.ts";
import { countOf, listOf, type Rule, verbOf } from "./finding.ts";
import { isForWorkers } from "./server-rules.ts";

/** So many time-outs, and such a share of the jobs, are more than a few slow hosts. */
const MANY_TIMEOUTS = 5;
const TIMEOUT_SHARE = 0.05;
/** A plugin that no job has named for so long is no news. */
const FORGOTTEN_SECONDS = 3_600;
/** A difference that the network and the core's own second explain is none. */
const CLOCK_SECONDS = 2;
/** The counts of troubles are of the last five to ten minutes. */
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
  "no-secret": "See whether the file is in secret_dir, and whether the worker may read it.",
  "no-plugin": "Install the plugin on this machine; the log names it.",
  "not-understood": "Correct the command line: omd-worker check NAME --help shows the options.",
};

export const otherKey: Rule = ({ troubles }) => {
  const { count } = troubles.of("other-key");
  if (count === 0) return undefined;
  return {
    level: "problem",
    text: `${countOf(count, "job")} could not be read ${LATELY}: the core has another key, or another encryption.`,
    advice: "Give the worker the key and the encryption of the core's module (key, keyfile, encryption).",
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
  const names = lately.toReversed().map(({ path, why }) => `${readable(path)} (${why})`);
  return {
    level: "problem",
    text: `Jobs have named ${lately.length === 1 ? "a plugin" : "plugins"} that cannot be started: ${listOf(names)}.`,
    advice: "Install it on this machine, or look at its rights and its first line.",
  };
};

export const clockDiffers: Rule = ({ status: { recent } }) => {
  const { leastLatency = 0 } = recent;
  if (leastLatency >= -CLOCK_SECONDS) return undefined;
  return {
    level: "warning",
    text: `A job began ${(-leastLatency).toFixed(1)} s before the time that the core had planned for it.`,
    advice: "Set the clocks of this machine and of the core, as with chrony. Latencies are wrong until then.",
  };
};

function readable(path: string): string {
  return withoutControls(fromByteString(path));
}
