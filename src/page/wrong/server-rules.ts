import { optionServing } from "../../job/queues.ts";
import type { WorkQueue } from "../../worker/work-queues.ts";
import { countOf, type Facts, listOf, type Rule, verbOf } from "./finding.ts";

/** The queue that the core takes its results from, if its configuration does not say otherwise. */
const RESULTS = "check_results";
/** More results than a core takes at once. */
const MANY_RESULTS = 500;
/** A job server that is asked again and again accepts a result within a second. */
const OLD_SECONDS = 10;
const MANY_UNSENT = 100;

const CONNECT =
  "See whether gearmand runs there and whether a firewall is between. The worker tries again by itself.";

export const noJobServer: Rule = ({ status }) => {
  const { present, away } = serversOf(status);
  if (present.length === 0 || away.length < present.length) return undefined;
  return { level: "problem", text: `No job server answers: ${namesOf(away)}.`, advice: CONNECT };
};

export const jobServerAway: Rule = ({ status }) => {
  const { present, away } = serversOf(status);
  const lost = away.filter(({ isConnected }) => !isConnected);
  if (lost.length === 0 || away.length === present.length) return undefined;
  return { level: "problem", text: `Not connected to a job server: ${namesOf(lost)}.`, advice: CONNECT };
};

/** `silent` did not say what is in its queues, though it may still give jobs. */
export const jobServerSilent: Rule = ({ status, queues }) => {
  const { present, away } = serversOf(status);
  if (away.length === present.length) return undefined;
  const lost = away.filter(({ isConnected }) => !isConnected).map(({ name }) => name);
  const silent = [
    ...away.filter(({ isConnected }) => isConnected).map(({ name }) => name),
    ...queues.silent.map(({ server }) => server),
  ];
  const names = [...new Set(silent)].filter((name) => !lost.includes(name));
  if (names.length === 0) return undefined;
  const advice = "See whether gearmand is busy or stopped there; gearman_top asks it, too.";
  return { level: "warning", text: `A job server does not answer: ${listOf(names)}.`, advice };
};

export const queueWithoutWorker: Rule = ({ queues }) => {
  const left = queues.queues.filter(
    (queue) => isForWorkers(queue) && queue.waiting > 0 && queue.workers === 0,
  );
  if (left.length === 0) return undefined;
  const names = listOf(left.map(({ queue, waiting }) => `${queue} (${waiting.toLocaleString("en")})`));
  const options = left.flatMap(({ queue }) => optionServing(queue) ?? []);
  const hint = options.length === 0 ? "hosts, services, hostgroups, servicegroups …" : listOf(options);
  const [what, it] = left.length === 1 ? ["a queue", "it"] : ["queues", "them"];
  return {
    level: "problem",
    text: `Jobs wait in ${what} that no worker serves: ${names}.`,
    advice: `Let a worker serve ${it} (${hint}), or take ${it} from the core's module.`,
  };
};

export const resultsWait: Rule = ({ queues }) => {
  const results = queues.queues.filter((queue) => !isForWorkers(queue));
  const waiting = results.reduce((total, queue) => total + queue.waiting, 0);
  const isTaken = results.every((queue) => queue.waiting === 0 || queue.workers > 0);
  if (isTaken && waiting < MANY_RESULTS) return undefined;
  const text = `${countOf(waiting, "result")} ${verbOf(waiting, "wait")} for the core in ${RESULTS}`;
  return isTaken
    ? {
        level: "warning",
        text: `${text}.`,
        advice: "See whether the core is busy; result_workers of its module may be too few.",
      }
    : {
        level: "problem",
        text: `${text}, and nothing takes them.`,
        advice: "See whether the core runs and has loaded mod_gearman.",
      };
};

export const spoolFails: Rule = ({ status: { outbox } }) => {
  const { folder, problem } = outbox.spool ?? {};
  if (problem === undefined) return undefined;
  return {
    level: "warning",
    text: `The result spool ${folder} cannot be written: ${problem}.`,
    advice:
      "Results are kept in memory only, and lost if the worker is killed. Free space, or mend the disk.",
  };
};

export const outboxOld: Rule = ({ status: { outbox } }) => {
  const { size, oldestAge } = outbox;
  if (size === 0 || (oldestAge < OLD_SECONDS && size < MANY_UNSENT)) return undefined;
  const isOld = oldestAge >= OLD_SECONDS;
  const age = isOld ? `, the oldest for ${Math.floor(oldestAge).toLocaleString("en")} s` : "";
  return {
    level: isOld ? "problem" : "warning",
    text: `${countOf(size, "result")} ${verbOf(size, "wait")} for a job server${age}.`,
    advice:
      "They are sent as soon as it accepts them. See the job servers below, and do not kill the worker meanwhile.",
  };
};

export function isForWorkers({ queue }: Pick<WorkQueue, "queue">): boolean {
  return queue !== RESULTS;
}

function serversOf({ jobServers }: Facts["status"]) {
  const present = jobServers.filter(({ isRetired }) => !isRetired);
  return { present, away: present.filter(({ isConnected, isSilent }) => !isConnected || isSilent) };
}

function namesOf(servers: readonly { readonly name: string; readonly reason?: string }[]): string {
  return listOf(servers.map(({ name, reason }) => (reason === undefined ? name : `${name} (${reason})`)));
}
