import type { WorkerStatus } from "../worker/worker-status.ts";
import type { SeriesStore } from "./series.ts";
import type { MetricKey } from "./table.ts";

/** Metrics that, or whose label values, come and go with the configuration. */
const PASSING: readonly MetricKey[] = [
  "stage",
  "serverConnected",
  "dupserverConnected",
  "dupserverWaiting",
  "certificateStart",
  "certificateExpiry",
  "queueLimit",
  "queueFull",
];

/** Sets what a status tells: how things stand, and counts that the worker keeps itself. */
export function setStateMetrics(store: SeriesStore, status: WorkerStatus): void {
  for (const key of PASSING) store.clear(key);
  setSlots(store, status);
  setJobs(store, status);
  setSpool(store, status);
  setServers(store, status);
  setNative(store, status);
  for (const state of ["open", "drained", "stopping"])
    store.set("state", [state], status.state === state ? 1 : 0);
  store.set("info", [status.version, status.identifier], 1);
  if (status.stage !== undefined) store.set("stage", [status.stage], 1);
  store.set("buildInfo", [status.version, process.version], 1);
  for (const { certificate, from, to } of status.certificates) {
    store.set("certificateStart", [certificate], from);
    store.set("certificateExpiry", [certificate], to);
  }
  store.set("reloadTime", [], status.lastReload?.time ?? status.since);
}

function setSlots(
  store: SeriesStore,
  { slots: { size, busy, max, queues = [] }, executor }: WorkerStatus,
): void {
  store.set("workersTotal", [], size);
  store.set("workersBusy", [], busy);
  store.set("workersIdle", [], size - busy);
  store.set("workersBallooning", [], 0);
  store.set("slotsMax", [], max);
  for (const { queue, most, fullTotal } of queues) {
    store.set("queueLimit", [queue], most);
    store.set("queueFull", [queue], fullTotal);
  }
  store.set("shells", ["busy"], executor.shells.busy);
  store.set("shells", ["idle"], executor.shells.idle);
  store.set("templates", [], executor.templates);
}

function setJobs(store: SeriesStore, { jobs: { taken, inFlight }, outbox }: WorkerStatus): void {
  store.set("jobsTaken", [], taken);
  store.set("oldestJob", [], inFlight[0]?.age ?? 0);
  store.zero("jobsInFlight");
  for (const { queue } of inFlight) store.series("jobsInFlight", queue).inc();
  store.set("outboxSize", [], outbox.size);
  store.set("outboxAge", [], outbox.oldestAge);
}

/** All of them are 0 without a spool. */
function setSpool(store: SeriesStore, { outbox: { spool } }: WorkerStatus): void {
  store.set("spoolResults", [], spool?.results ?? 0);
  store.set("spoolBytes", [], spool?.bytes ?? 0);
  store.set("spoolAge", [], spool?.oldestAge ?? 0);
  store.set("spoolSetAside", [], spool?.setAside ?? 0);
  store.set("spoolFailing", [], spool?.problem === undefined ? 0 : 1);
  store.set("spoolErrors", [], spool?.writeErrors ?? 0);
}

function setServers(store: SeriesStore, { jobServers, dupservers }: WorkerStatus): void {
  for (const { name, isConnected, isSilent, isRetired } of jobServers)
    if (!isRetired) store.set("serverConnected", [name], isConnected && !isSilent ? 1 : 0);
  for (const { name, isConnected, waiting } of dupservers) {
    store.set("dupserverConnected", [name], isConnected ? 1 : 0);
    store.set("dupserverWaiting", [name], waiting);
  }
}

function setNative(store: SeriesStore, { native, shadow }: WorkerStatus): void {
  for (const [what, { waiting, waited, totalWait }] of Object.entries(native.waits)) {
    store.set("waiting", [what], waiting);
    store.set("waits", [what], waited);
    store.set("waitSeconds", [what], totalWait);
  }
  store.set("targetsFull", [], native.targets?.full.length ?? 0);
  store.set("setAside", [], native.setAside.length);
  for (const [check, { agreed, different, declined }] of Object.entries(shadow.checks)) {
    store.set("shadowRuns", [check, "agreed"], agreed);
    store.set("shadowRuns", [check, "different"], different);
    store.set("shadowRuns", [check, "declined"], declined);
  }
}
