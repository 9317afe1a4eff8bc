import { countOf, listOf, type Rule } from "./finding.ts";

export const notOpen: Rule = ({ status: { state } }) => {
  switch (state) {
    case "open":
      return undefined;
    case "drained":
      return {
        level: "note",
        text: "The worker is drained: it takes no jobs.",
        advice: "omd-worker resume lets it go on.",
      };
    case "made":
      return { level: "note", text: "The worker is starting.", advice: "It will take jobs in a moment." };
    case "stopping":
    case "stopped":
      return {
        level: "note",
        text: `The worker is ${state}.`,
        advice: "It finishes its jobs and takes no more.",
      };
  }
};

export const loopLate: Rule = ({ troubles }) => {
  const { count, last } = troubles.of("late");
  if (count === 0) return undefined;
  const times = count === 1 ? "once" : countOf(count, "time");
  return {
    level: "warning",
    text: `The worker stood still ${times} in the last minutes, ${last}.`,
    advice:
      "Let the plugin answer this check (native_checks_except), or see what else keeps this machine busy.",
  };
};

export const reloadFailed: Rule = ({ failedReload }) => {
  if (failedReload === undefined) return undefined;
  const time = new Date(failedReload * 1000).toISOString().slice(11, 19);
  return {
    level: "problem",
    text: `The last reload failed at ${time} UTC. The worker goes on with what it has read before.`,
    advice: "omd-worker config check says what is wrong in worker.conf; then omd-worker reload.",
  };
};

export const filesSetAside: Rule = ({ status: { native } }) => {
  const { setAside } = native;
  if (setAside.length === 0) return undefined;
  const names = listOf(setAside.map(({ path, why }) => `${path} (${why})`));
  const subject =
    setAside.length === 1
      ? "A file of the site's checks is set aside, as it ended its thread again and again"
      : `${countOf(setAside.length, "file")} of the site's checks are set aside, as they ended their threads again and again`;
  return {
    level: "problem",
    text: `${subject}: ${names}.`,
    advice: "Correct what is named: the checks run again when their file has changed.",
  };
};
