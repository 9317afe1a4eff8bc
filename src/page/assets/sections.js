// What a snapshot says in each section of the page.

import { draw } from "./plots.js";
import { fill, write } from "./tables.js";
import { clock, figure, span } from "./words.js";

const STATES = {
  made: "starting",
  open: "open",
  drained: "drained",
  stopping: "stopping",
  stopped: "stopped",
};
const WAYS = { refuse: "refused", none: "not run" };

export function showHead({ identifier, hostName, version, since, time, state, jobServers, lastReload }) {
  const trouble = findTrouble(state, jobServers);
  put("identifier", identifier);
  const reload = lastReload?.time === undefined ? "" : `, reloaded at ${clock(lastReload.time)}`;
  put("facts", `omd-worker ${version} on ${hostName}, started ${span(time - since)} ago${reload}`);
  put("state", STATES[state]);
  put("trouble", trouble);
  const badge = document.getElementById("state");
  badge.classList.toggle("good", trouble === "");
  badge.classList.toggle("bad", trouble !== "");
  const title = `${trouble === "" ? "" : "⚠ "}${identifier}`;
  if (document.title !== title) document.title = title;
}

function findTrouble(state, jobServers) {
  if (state === "drained") return "The worker takes no jobs until it is told to resume.";
  if (state !== "open") return `The worker is ${STATES[state]}.`;
  const present = jobServers.filter(({ isRetired }) => !isRetired);
  const away = present.filter(({ isConnected, isSilent }) => !isConnected || isSilent);
  if (away.length === 0) return "";
  const names = away.map(({ name }) => name).join(", ");
  return away.length === present.length
    ? `No job server answers: ${names}. The worker connects again by itself.`
    : `A job server does not answer: ${names}.`;
}

export function showTiles({ present, slots, outbox, jobs }, points) {
  const last = points.at(-1) ?? present;
  put("rate", figure(last.rate));
  put("rate-sub", `${figure(jobs.done)} since the start`);
  put("slots", `${figure(jobs.inFlight)} of ${figure(slots.max)}`);
  put("slots-sub", `${figure(slots.size)} slots now, ${figure(slots.busy)} busy`);
  put("latency", span(last.latencyP50));
  put("latency-sub", `95 %: ${span(last.latencyP95)}`);
  put("timeouts", figure(points.reduce((sum, { timedOut }) => sum + timedOut, present.timedOut)));
  put("timeouts-sub", "in the last hour");
  put("outbox", figure(outbox.size));
  put("outbox-sub", outbox.size === 0 ? "all are delivered" : `the oldest for ${span(outbox.oldestAge)}`);
}

export function showPlots(points, now) {
  const common = { points, now };
  draw("plot-rate", { ...common, series: [({ rate }) => rate], show: figure, names: ["Jobs a second"] });
  draw("plot-latency", {
    ...common,
    series: [(point) => point.latencyP50, (point) => point.latencyP95],
    ...{ show: span, names: ["Median latency", "95 % of the latencies are below"] },
  });
  draw("plot-duration", {
    ...common,
    series: [(point) => point.durationP50, (point) => point.durationP95],
    ...{ show: span, names: ["Median run", "95 % of the runs are below"] },
  });
  draw("plot-flight", {
    ...common,
    series: [({ inFlight }) => inFlight, ({ timedOut }) => timedOut],
    ...{ show: figure, names: ["Jobs under way", "Time-outs in ten seconds"] },
  });
}

export function showWork({ queues: { queues, more, silent }, jobs }) {
  const rows = queues.map(({ queue, waiting, running, workers, server }) => [
    queue,
    { text: figure(waiting), bad: waiting > 0 && workers === 0 },
    ...[figure(running), { text: figure(workers), bad: waiting > 0 && workers === 0 }, server],
  ]);
  const lacking = silent.map(({ server }) => server).join(", ");
  put("queues-note", lacking === "" ? countOf(queues.length + more, "queue") : `No answer from ${lacking}`);
  fill("queues", rows, "No queues");
  const running = jobs.oldest.map(({ name = "(not read yet)", type = "", queue, age }) => [
    ...[name, type, queue, span(age)],
  ]);
  const orphaned = jobs.orphaned === 0 ? "" : `, ${jobs.orphaned} of a lost connection`;
  const shown = jobs.inFlight > running.length ? `, the oldest ${running.length} are shown` : "";
  put("jobs-note", `${countOf(jobs.inFlight, "job")}${shown}${orphaned}`);
  fill("jobs", running, "No job is under way");
}

export function showServers({ jobServers, dupservers }) {
  const links = jobServers.map(({ name, isConnected, isSilent, isRetired, jobsInFlight }) => [
    ...[name, linkState(isConnected, isSilent, isRetired), figure(jobsInFlight), ""],
  ]);
  const copies = dupservers.map(({ name, isConnected, waiting, limit }) => [
    `${name} (dupserver)`,
    linkState(isConnected, false, false),
    ...["", `${figure(waiting)} of ${figure(limit)}`],
  ]);
  fill("servers", [...links, ...copies], "No job server");
}

function linkState(isConnected, isSilent, isRetired) {
  if (!isConnected) return { text: "not connected", bad: true };
  if (isSilent) return { text: "does not answer", bad: true };
  return isRetired ? "is being left" : "connected";
}

export function showChecks({ routes, mostFailing, slowestChecks, slowestRuns }) {
  const ways = routes.map(({ via, why, runs }) => [WAYS[via] ?? via, why, figure(runs)]);
  fill("routes", ways, "Nothing was run yet");
  const failing = mostFailing.map(({ name, notOk, timedOut, runs }) => [
    ...[name, figure(notOk), figure(timedOut), figure(runs)],
  ]);
  fill("failing", failing, "No check has failed");
  const slow = slowestChecks.map(({ name, mean, longest, runs }) => [
    ...[name, span(mean), span(longest), figure(runs)],
  ]);
  fill("slowest", slow, "Nothing was run yet");
  const long = slowestRuns.map(({ name, seconds, isTimedOut, time }) => [
    name || "(no host)",
    { text: span(seconds), bad: isTimedOut, title: isTimedOut ? "timed out" : span(seconds) },
    clock(time),
  ]);
  fill("slowruns", long, "Nothing was run yet");
}

export function showPools({ pools: { shells, templates, shared }, waits, setAside }) {
  const waiting = Object.entries(waits).map(([what, wait]) => [
    `Wait for ${what}`,
    wait.waiting === 0 ? "none" : `${figure(wait.waiting)}, for ${span(wait.oldestWait)}`,
    `${figure(wait.waited)} waits, the longest ${span(wait.longestWait)}`,
  ]);
  const files = setAside.map(({ path, why, since }) => [
    ...[{ text: path, bad: true }, "set aside", `${why}, at ${clock(since)}`],
  ]);
  const rows = [
    ...files,
    ["Warm shells", `${figure(shells.busy)} busy`, `${figure(shells.idle)} idle`],
    ["Warm plugins (Perl, Python)", figure(templates), ""],
    ...waiting,
    ...shared.map((name) => [name, "in use", ""]),
  ];
  fill("pools", rows, "");
}

export function showShadow({ shadow: { share, checks } }) {
  const rows = Object.entries(checks).map(([name, { agreed, different, declined, examples }]) => {
    const last = examples.at(-1);
    return [
      ...[name, figure(agreed), { text: figure(different), bad: different > 0 }, figure(declined)],
      last === undefined ? "" : { text: describe(last), title: `${last.command}\n${describe(last)}` },
    ];
  });
  put("shadow-note", `${share} % of the jobs are compared while native_checks is shadow.`);
  fill("shadow", rows, "Nothing was compared");
}

function describe({ plugin, native }) {
  return `plugin ${plugin.returnCode}: ${plugin.output} / worker ${native.returnCode}: ${native.output}`;
}

export function showConfig(options) {
  const rows = options
    .toSorted((a, b) => Number(a.from === undefined) - Number(b.from === undefined))
    .map(({ name, values, from = "default" }) => [name, values.join(", "), from]);
  fill("config", rows, "");
}

/** Keeps what the reader marks, and stays at the end only if the reader is there. */
export function showLog(lines) {
  const log = document.getElementById("log");
  const scroll = log.parentElement;
  const selection = document.getSelection();
  if (selection !== null && !selection.isCollapsed && log.contains(selection.anchorNode)) return;
  const isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 20;
  write(log, lines.join("\n"));
  if (isAtEnd) scroll.scrollTop = scroll.scrollHeight;
}

function countOf(count, word) {
  return `${figure(count)} ${word}${count === 1 ? "" : "s"}`;
}

function put(id, text) {
  write(document.getElementById(id), text);
}
