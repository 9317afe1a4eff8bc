// What a snapshot says in each section of the page.

import { fill, write } from "./tables.js";
import { clock, figure, figureCell, span, spanCell } from "./words.js";
import { weightOf } from "./wrong.js";

const STATES = {
  made: "starting",
  open: "open",
  drained: "drained",
  stopping: "stopping",
  stopped: "stopped",
};
const WAYS = { refuse: "refused", none: "not run" };

export function showHead({ identifier, stage, hostName, version, since, time, state, lastReload, wrong }) {
  const weight = weightOf(wrong);
  const name = stage === undefined ? identifier : `${identifier} (${stage})`;
  put("identifier", name);
  const reload = lastReload?.time === undefined ? "" : `, reloaded at ${clock(lastReload.time)}`;
  put("facts", `omd-worker ${version} on ${hostName}, started ${span(time - since)} ago${reload}`);
  put("state", [STATES[state], ...countsOf(wrong)].join(", "));
  document.getElementById("state").className = `badge ${weight}`;
  const title = `${weight === "good" ? "" : "⚠ "}${name}`;
  if (document.title !== title) document.title = title;
}

/** How many there are of the gravest. */
function countsOf(findings) {
  const level = ["problem", "warning"].find((one) => findings.some((finding) => finding.level === one));
  if (level === undefined) return [];
  return [countOf(findings.filter((finding) => finding.level === level).length, level)];
}

export function showTiles({ present, slots, outbox, jobs }, points) {
  const last = points.at(-1) ?? present;
  put("rate", figure(last.rate));
  put("rate-sub", `${figure(jobs.done)} in total`);
  put("slots", `${figure(jobs.inFlight)} of ${figure(slots.max)}`);
  put("slots-sub", `${figure(slots.busy)} of ${figure(slots.size)} slots busy`);
  put("latency", span(last.latencyP50));
  put("latency-sub", `95 %: ${span(last.latencyP95)}`);
  put("timeouts", figure(points.reduce((sum, { timedOut }) => sum + timedOut, present.timedOut)));
  put("timeouts-sub", "in the last hour");
  put("outbox", figure(outbox.size));
  put("outbox-sub", outbox.size === 0 ? "all are delivered" : `the oldest for ${span(outbox.oldestAge)}`);
}

export function showWork({ queues: { queues, more, silent }, jobs }) {
  const rows = queues.map(({ queue, waiting, running, workers, server }) => [
    queue,
    figureCell(waiting, { bad: waiting > 0 && workers === 0 }),
    ...[figureCell(running), figureCell(workers, { bad: waiting > 0 && workers === 0 }), server],
  ]);
  const lacking = silent.map(({ server }) => server).join(", ");
  put("queues-note", lacking === "" ? countOf(queues.length + more, "queue") : `No answer from ${lacking}`);
  fill("queues", rows, "No queues");
  const running = jobs.oldest.map(({ name = "(not read yet)", type = "", queue, age }) => [
    ...[name, type, queue, spanCell(age)],
  ]);
  const orphaned = jobs.orphaned === 0 ? "" : `, ${jobs.orphaned} of a lost connection`;
  const shown = jobs.inFlight > running.length ? `, the oldest ${running.length} are shown` : "";
  put("jobs-note", `${countOf(jobs.inFlight, "job")}${shown}${orphaned}`);
  fill("jobs", running, "No job is under way");
}

export function showServers({ jobServers, dupservers }) {
  const links = jobServers.map(({ name, isConnected, isSilent, isRetired, jobsInFlight }) => [
    ...[name, linkState(isConnected, isSilent, isRetired), figureCell(jobsInFlight), ""],
  ]);
  const copies = dupservers.map(({ name, isConnected, waiting, limit }) => [
    `${name} (dupserver)`,
    linkState(isConnected, false, false),
    ...["", { text: `${figure(waiting)} of ${figure(limit)}`, sort: waiting }],
  ]);
  fill("servers", [...links, ...copies], "No job server");
}

function linkState(isConnected, isSilent, isRetired) {
  if (!isConnected) return { text: "not connected", bad: true };
  if (isSilent) return { text: "does not answer", bad: true };
  return isRetired ? "is being left" : "connected";
}

export function showChecks({ routes, mostFailing, slowestChecks, slowestRuns }) {
  const ways = routes.map(({ via, why, runs }) => [WAYS[via] ?? via, why, figureCell(runs)]);
  fill("routes", ways, "Nothing was run yet");
  const failing = mostFailing.map(({ name, notOk, timedOut, runs }) => [
    ...[name, figureCell(notOk), figureCell(timedOut), figureCell(runs)],
  ]);
  fill("failing", failing, "No check has failed");
  const slow = slowestChecks.map(({ name, mean, longest, runs }) => [
    ...[name, spanCell(mean), spanCell(longest), figureCell(runs)],
  ]);
  fill("slowest", slow, "Nothing was run yet");
  const long = slowestRuns.map(({ name, seconds, isTimedOut, time }) => [
    name || "(no host)",
    spanCell(seconds, { bad: isTimedOut, title: isTimedOut ? "timed out" : span(seconds) }),
    { text: clock(time), sort: time },
  ]);
  fill("slowruns", long, "Nothing was run yet");
}

export function showPools({ pools: { shells, templates, shared }, waits, setAside, limits }) {
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
    ...limitsOf(limits),
    ...waiting,
    ...shared.map((name) => [name, "in use", ""]),
  ];
  fill("pools", rows, "");
}

/** Queues with a limit, and hosts that as many checks ask as may. */
function limitsOf({ queues, targets }) {
  const limited = queues.map(({ queue, most, running, waiting, fullFor, fullTotal }) => [
    `Limit of ${queue}`,
    { text: `${figure(running)} of ${figure(most)}${waits(waiting)}`, bad: fullFor >= 600 },
    fullTotal === 0 ? "never reached" : `reached for ${span(fullTotal)}, now for ${span(fullFor)}`,
  ]);
  const full = targets.full.map(({ target, underWay, waiting }) => [
    `Checks of ${target}`,
    { text: `${figure(underWay)} of ${figure(targets.most)}${waits(waiting)}`, bad: waiting > 0 },
    "",
  ]);
  return [...limited, ...full];
}

function waits(count) {
  return count === 0 ? "" : `, ${figure(count)} wait`;
}

export function showShadow({ shadow: { share, checks } }) {
  const rows = Object.entries(checks).map(([name, { agreed, different, declined, examples }]) => {
    const last = examples.at(-1);
    return [
      ...[name, figureCell(agreed), figureCell(different, { bad: different > 0 }), figureCell(declined)],
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
