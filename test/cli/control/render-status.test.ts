import { expect, it } from "vitest";
import { renderJobs } from "../../../src/cli/control/render-jobs.ts";
import { renderStatus } from "../../../src/cli/control/render-status.ts";
import type { WorkerStatus } from "../../../src/worker/worker-status.ts";

const LINK = { isConnected: true, isSilent: false, isRetired: false, jobsInFlight: 2, outstandingGrabs: 0 };
const JOB = {
  queue: "service",
  server: "gm:4730",
  type: "service",
  hostName: "web1",
  serviceDescription: "HTTP",
};
const STATUS: WorkerStatus = {
  identifier: "gw",
  version: "1.0.0",
  hostName: "here",
  state: "open",
  since: 1_000,
  slots: {
    size: 5,
    busy: 2,
    min: 1,
    max: 9,
    queues: [
      { queue: "hostgroup_slow", most: 2, running: 2, waiting: 1, fullFor: 0, fullTotal: 0 },
      { queue: "host", most: 5, running: 0, waiting: 0, fullFor: 0, fullTotal: 0 },
    ],
  },
  jobs: {
    taken: 12,
    done: 10,
    orphaned: 1,
    inFlight: [
      { ...JOB, age: 4.2 },
      { ...JOB, age: 1 },
    ],
  },
  recent: {
    unusable: [{ path: "/plugins/check_\x1b[2J", why: "not found", lastTime: 1_030 }],
    leastLatency: 0.2,
  },
  outbox: { size: 3, oldestAge: 61 },
  certificates: [],
  jobServers: [
    { ...LINK, name: "one:4730" },
    { ...LINK, name: "two:4730", isSilent: true },
    { ...LINK, name: "gone:4730", isConnected: false, reason: "connect ECONNREFUSED" },
    { ...LINK, name: "old:4730", isConnected: false, isRetired: true },
  ],
  dupservers: [{ name: "dup:4730", isConnected: false, waiting: 7, limit: 1_000 }],
  executor: { shells: { busy: 1, idle: 2 }, templates: 3 },
  native: {
    shared: [],
    waits: {
      "ssh logins": { waiting: 1, oldestWait: 1, waited: 4, totalWait: 9, longestWait: 3.5 },
      handshakes: { waiting: 0, oldestWait: 0, waited: 0, totalWait: 0, longestWait: 0 },
    },
    setAside: [{ path: "/site/check_a.ts", why: "it called process.exit(0)", since: 1 }],
  },
  shadow: {
    share: 5,
    since: "2026-11-25T00:00:00Z",
    checks: { check_tcp: { agreed: 8, different: 1, declined: 2, examples: [] } },
  },
  lastReload: { time: 1_000, changed: { live: ["max-worker"], reconnect: ["server"], restart: [] } },
};

it("says what a worker does, a line for each thing", () => {
  expect(renderStatus(STATUS, 1_090)).toBe(`gw: omd-worker 1.0.0, takes jobs, up 1 min 30 s
  slots         2 of 5 busy (min-worker 1, max-worker 9)
  limits        hostgroup_slow: 2 of at most 2 run, 1 wait
                host: 0 of at most 5 run
  jobs          10 done, 2 under way, the oldest for 4.2 s, 1 of them over a connection that is lost
  results       3 wait for a job server, the oldest for 1 min 1 s
  server        one:4730 connected, 2 jobs under way
                two:4730 connected, but does not answer, 2 jobs under way
                gone:4730 not connected (connect ECONNREFUSED), 2 jobs under way
                old:4730 not connected, 2 jobs under way, of an earlier configuration
  dupserver     dup:4730 not connected, 7 of at most 1000 copies wait
  plugins       1 shells busy, 2 idle; 3 plugins kept warm
  waits         ssh logins: 1 now, 4 since the start, the longest 3.5 s
  set aside     /site/check_a.ts: it called process.exit(0)
  cannot start  /plugins/check_?[2J: not found, 1 min ago
  shadow        5 % of the jobs, 8 agreed, 1 different
  reload        1 min 30 s ago, changed: max-worker, server
`);
});

const [ONE, TWO, , OLD] = STATUS.jobServers.map((server) => [server]);

it.each<[string, Partial<WorkerStatus>, string]>([
  ["an answering job server", { jobServers: ONE ?? [] }, "takes jobs"],
  ["one that is silent", { jobServers: TWO ?? [] }, "takes no jobs, as no job server answers"],
  ["one that is not connected", { jobServers: OLD ?? [] }, "takes no jobs, as no job server answers"],
  [
    "only one of an earlier configuration",
    { jobServers: [{ ...LINK, name: "old:4730", isRetired: true }] },
    "takes no jobs, as no job server answers",
  ],
  [
    "an order to take none",
    { state: "drained", jobServers: OLD ?? [] },
    "drained: it takes no jobs until omd-worker resume",
  ],
])("says whether a worker with %s takes jobs", (_, more, says) => {
  const [head] = renderStatus({ ...STATUS, ...more }, 1_090).split("\n");
  expect(head).toBe(`gw: omd-worker 1.0.0, ${says}, up 1 min 30 s`);
});

it("says that jobs could not be read, and why: the core has no result of them", () => {
  const unreadable = { count: 4, lastTime: 1_030, why: "wrong key?\x1b[2J" };
  const text = renderStatus({ ...STATUS, recent: { ...STATUS.recent, unreadable } }, 1_090);
  expect(text).toContain("  unreadable    4 of them, the last 1 min ago: wrong key??[2J\n");
});

it.each([
  [{}, "3 results, 2 KiB in /spool"],
  [{ setAside: 2 }, "3 results, 2 KiB in /spool, 2 files set aside"],
  [{ problem: "ENOSPC" }, "3 results, 2 KiB in /spool, cannot be written (ENOSPC)"],
])("says how the spool is: %j", (more, expected) => {
  const spool = {
    folder: "/spool",
    results: 3,
    bytes: 1_500,
    oldestAge: 7,
    setAside: 0,
    writeErrors: 0,
    problem: undefined,
    ...more,
  };
  const text = renderStatus({ ...STATUS, outbox: { ...STATUS.outbox, spool } }, 1_090);
  expect(/^ {2}spool +(.*)$/m.exec(text)?.[1]).toBe(expected);
});

it("lists jobs, and no name can steer the terminal", () => {
  const jobs = [
    { ...JOB, age: 4.2, hostName: "a\x1b[2J" },
    { ...JOB, age: 1, type: undefined, hostName: undefined, serviceDescription: undefined },
  ];
  expect(renderJobs(jobs)).toBe(`age    type     queue    object        job server
4.2 s  service  service  a?[2J - HTTP  gm:4730
1 s             service                gm:4730
`);
  expect(renderJobs([])).toBe("no job is under way\n");
});

it("the stage stands behind the name, if there is one", () => {
  expect(renderStatus({ ...STATUS, stage: "prod" }, 1_060)).toMatch(/^gw \(prod\): omd-worker 1\.0\.0, /);
});
