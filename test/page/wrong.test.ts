import { describe, expect, it } from "vitest";
import { Troubles } from "../../src/page/counts/troubles.ts";
import { findWrong } from "../../src/page/wrong/find-wrong.ts";
import type { Facts } from "../../src/page/wrong/finding.ts";

const NOW = 1_800_000_000;
const LINK = {
  name: "a:4730",
  isConnected: true,
  isSilent: false,
  isRetired: false,
  jobsInFlight: 0,
  outstandingGrabs: 0,
};
const AWAY = { ...LINK, name: "b:4730", isConnected: false };
const QUEUE = { server: "a:4730", queue: "service", waiting: 0, running: 0, workers: 1 };
const SPOOL = {
  folder: "/spool",
  results: 3,
  bytes: 1_500,
  oldestAge: 7,
  setAside: 0,
  writeErrors: 1,
  problem: "ENOSPC",
};
const STATUS: Facts["status"] = {
  state: "open",
  slots: { size: 10, busy: 2, min: 1, max: 10 },
  outbox: { size: 0, oldestAge: 0 },
  jobServers: [LINK],
  native: { shared: [], waits: {}, setAside: [] },
  recent: { unusable: [], leastLatency: 0.1 },
};

/** A queue that has been at its limit for so many seconds. */
const limited = (fullFor: number) => ({
  slots: {
    ...STATUS.slots,
    queues: [{ queue: "service", most: 5, running: 5, waiting: 0, fullFor, fullTotal: fullFor }],
  },
  queues: [{ waiting: 1_200 }],
});
const FULL = {
  most: 4,
  full: [
    { target: "dead", underWay: 4, waiting: 7 },
    { target: "busy", underWay: 4, waiting: 0 },
  ],
};
const waitingAt = (oldestWait: number) => ({
  waits: { "places at targets": { waiting: 7, oldestWait, waited: 9, totalWait: 30, longestWait: 20 } },
});

interface Given extends Partial<Facts["status"]> {
  readonly queues?: readonly Partial<typeof QUEUE>[];
  readonly silent?: readonly string[];
  readonly failedReload?: number;
  readonly happened?: (troubles: Troubles) => void;
}

function findingsOf({ queues = [], silent = [], failedReload, happened, ...status }: Given) {
  const troubles = new Troubles();
  happened?.(troubles);
  return findWrong({
    status: { ...STATUS, ...status },
    queues: {
      queues: queues.map((queue) => ({ ...QUEUE, ...queue })),
      silent: silent.map((server) => ({ server, reason: "" })),
    },
    troubles,
    failedReload,
    now: NOW,
  });
}

function times(count: number, kind: Parameters<Troubles["add"]>[0], last?: string) {
  return (troubles: Troubles) => {
    for (let at = 0; at < count; at += 1) troubles.add(kind, last);
  };
}

describe("nothing is wrong", () => {
  it.each<[string, Given]>([
    ["with a worker that works", {}],
    ["if the jobs of a full worker do not wait", { slots: { ...STATUS.slots, busy: 10 } }],
    ["if a queue is at its limit for a while", limited(300)],
    ["if a queue is at its limit and no job waits", { ...limited(900), queues: [] }],
    [
      "if checks wait shortly for a place at their target",
      { native: { ...STATUS.native, ...waitingAt(2), targets: FULL } },
    ],
    ["if jobs wait for a moment", { queues: [{ waiting: 5 }] }],
    ["with a job server of the configuration before", { jobServers: [LINK, { ...AWAY, isRetired: true }] }],
    ["if results are just sent", { outbox: { size: 7, oldestAge: 0.3 } }],
    ["if the core takes its results", { queues: [{ queue: "check_results", waiting: 20 }] }],
    ["with a few time-outs of many jobs", { happened: both(times(9, "timed-out"), times(200, "ran")) }],
    ["if a clock is a second off", { recent: { unusable: [], leastLatency: -1.9 } }],
    [
      "if a plugin was missing long ago",
      { recent: { unusable: [{ path: "/p/x", why: "not found", lastTime: NOW - 4000 }], leastLatency: 0 } },
    ],
    [
      "if fewer jobs wait than the worker runs in a minute",
      {
        queues: [{ waiting: 900 }],
        happened: (troubles) => {
          for (let job = 0; job < 5_000; job += 1) troubles.add("ran");
        },
      },
    ],
    ["if some wait at a worker that has just started", { queues: [{ waiting: 100 }] }],
  ])("%s", (_, given) => expect(findingsOf(given)).toEqual([]));
});

describe("the advice says what to write or what was wrong", () => {
  it.each<[string, string, Given]>([
    [
      "for a queue that no worker serves",
      "Let a worker serve it (hostgroups=dmz), or take it from the core's module.",
      { queues: [{ queue: "hostgroup_dmz", waiting: 3, workers: 0 }] },
    ],
    [
      "for two",
      "Let a worker serve them (hosts=yes, servicegroups=web), or take them from the core's module.",
      { queues: ["host", "servicegroup_web"].map((queue) => ({ queue, waiting: 3, workers: 0 })) },
    ],
    [
      "for the queue of another program",
      "Let a worker serve it (hosts, services, hostgroups, servicegroups …), or take it from the core's module.",
      { queues: [{ queue: "other", waiting: 3, workers: 0 }] },
    ],
    [
      "for a job that is not of mod_gearman",
      "Give the worker the key and the encryption of the core's module (key, keyfile, encryption). The last one: payload is not base64",
      {
        happened: times(1, "other-key"),
        recent: {
          unusable: [],
          leastLatency: 0,
          unreadable: { count: 1, lastTime: NOW, why: "payload is not base64" },
        },
      },
    ],
  ])("%s", (_, advice, given) => {
    expect(findingsOf(given)).toMatchObject([{ advice }]);
  });
});

describe("an operator is told", () => {
  it.each<[rule: string, text: RegExp, given: Given]>([
    ["noJobServer", /^No job server answers: b:4730\.$/, { jobServers: [AWAY] }],
    [
      "noJobServer",
      /^No job server answers: b:4730 \(connect ECONNREFUSED\)\.$/,
      { jobServers: [{ ...AWAY, reason: "connect ECONNREFUSED" }] },
    ],
    ["jobServerAway", /^Not connected to a job server: b:4730\.$/, { jobServers: [LINK, AWAY] }],
    [
      "jobServerSilent",
      /does not answer: c:4730\.$/,
      { jobServers: [LINK, { ...LINK, name: "c:4730", isSilent: true }] },
    ],
    ["jobServerSilent", /does not answer: a:4730\.$/, { silent: ["a:4730"] }],
    [
      "queueWithoutWorker",
      /that no worker serves: dmz \(3\)\.$/,
      { queues: [{ queue: "dmz", waiting: 3, workers: 0 }] },
    ],
    [
      "queueWithoutWorker",
      /: q0 \(1\), q1 \(1\), q2 \(1\) and 2 more\.$/,
      { queues: [0, 1, 2, 3, 4].map((at) => ({ queue: `q${at}`, waiting: 1, workers: 0 })) },
    ],
    [
      "slotsFull",
      /^All 10 slots are busy, and 1 job waits\.$/,
      {
        slots: { ...STATUS.slots, busy: 10 },
        queues: [{ waiting: 1 }, { queue: "check_results", waiting: 9 }],
      },
    ],
    [
      "queueDeep",
      /^1,200 jobs wait, more than this worker runs in a minute\.$/,
      {
        slots: { ...STATUS.slots, busy: 9 },
        queues: [{ waiting: 1_200 }, { queue: "check_results", waiting: 9 }],
        happened: (troubles) => {
          for (let job = 0; job < 5_000; job += 1) troubles.add("ran");
        },
      },
    ],
    [
      "queueAtLimit",
      /^A queue is at the limit of queue_max_worker: service \(limit 5, for 10 min, 1,200 jobs wait\)\.$/,
      limited(601),
    ],
    [
      "targetsAtLimit",
      /^7 native checks wait for a place at: dead \(7\)\.$/,
      { native: { ...STATUS.native, ...waitingAt(12), targets: FULL } },
    ],
    [
      "resultsWait",
      /^4 results wait .*, and nothing takes them\.$/,
      { queues: [{ queue: "check_results", waiting: 4, workers: 0 }] },
    ],
    [
      "resultsWait",
      /^900 results wait for the core in check_results\.$/,
      { queues: [{ queue: "check_results", waiting: 900 }] },
    ],
    [
      "outboxOld",
      /^1 result waits for a job server, the oldest for 40 s\.$/,
      { outbox: { size: 1, oldestAge: 40.2 } },
    ],
    [
      "spoolFails",
      /^The result spool \/spool cannot be written: ENOSPC\.$/,
      { outbox: { size: 0, oldestAge: 0, spool: SPOOL } },
    ],
    ["outboxOld", /^1,200 results wait for a job server\.$/, { outbox: { size: 1200, oldestAge: 2 } }],
    [
      "manyTimeOuts",
      /^30 jobs of 300 timed out/,
      { happened: both(times(30, "timed-out"), times(300, "ran")) },
    ],
    [
      "refusedJobs",
      /^2 jobs were refused .* rule nul-byte\.$/,
      { happened: times(2, "refused", "nul-byte") },
    ],
    ["otherKey", /^1 job could not be read .* another key/, { happened: times(1, "other-key") }],
    ["unreadableJobs", /^3 jobs could not be understood/, { happened: times(3, "unreadable") }],
    [
      "loopLate",
      /2 times in the last minutes, because of check_x\.$/,
      { happened: times(2, "late", "because of check_x") },
    ],
    ["reloadFailed", /^The last reload failed at 08:00:00 UTC/, { failedReload: NOW }],
    [
      "filesSetAside",
      /^A file of the site's checks is set aside.*: \/s\/check_a\.mjs \(it exited\)\.$/,
      { native: { ...STATUS.native, setAside: [{ path: "/s/check_a.mjs", why: "it exited", since: NOW }] } },
    ],
    [
      "unusablePlugins",
      /cannot be started: \/p\/ä\?: not found\.$/,
      {
        recent: {
          unusable: [{ path: "/p/\xc3\xa4\x07", why: "not found", lastTime: NOW - 5 }],
          leastLatency: 0,
        },
      },
    ],
    ["clockDiffers", /^A job began 5\.2 s before/, { recent: { unusable: [], leastLatency: -5.2 } }],
    ["notOpen", /^The worker is drained/, { state: "drained" }],
    ["notOpen", /^The worker is starting/, { state: "made", jobServers: [] }],
  ])("%s: %s", (rule, text, given) => {
    const [finding, ...more] = findingsOf(given);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ rule, text: expect.stringMatching(text) });
    expect(finding?.advice).toMatch(/\.$/);
  });

  it("the gravest first", () => {
    const findings = findingsOf({
      state: "drained",
      outbox: { size: 1, oldestAge: 99 },
      recent: { unusable: [], leastLatency: -9 },
    });
    expect(findings.map(({ level }) => level)).toEqual(["problem", "warning", "note"]);
  });

  it("of what happened in the last minutes only", () => {
    const happened = (turns: number) => (troubles: Troubles) => {
      troubles.add("other-key");
      for (let at = 0; at < turns; at += 1) troubles.turn();
    };
    expect(findingsOf({ happened: happened(1) })).toHaveLength(1);
    expect(findingsOf({ happened: happened(2) })).toEqual([]);
  });
});

function both(...all: readonly ((troubles: Troubles) => void)[]) {
  return (troubles: Troubles) => {
    for (const each of all) each(troubles);
  };
}
