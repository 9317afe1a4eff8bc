import type { Point } from "../../src/page/counts/history.ts";
import { Observer } from "../../src/page/counts/observer.ts";
import { LogTail } from "../../src/page/snapshot/log-tail.ts";
import { makeSnapshot, type Snapshot } from "../../src/page/snapshot/snapshot.ts";
import type { WorkQueue } from "../../src/worker/work-queues.ts";
import type { WorkerStatus } from "../../src/worker/worker-status.ts";

const SERVER = "gearmand.example.org:4730";
const NOW = Math.floor(Date.now() / 1000);
const LINK = { isConnected: true, isSilent: false, isRetired: false, jobsInFlight: 12, outstandingGrabs: 1 };

export const STATUS: WorkerStatus = {
  identifier: "worker-1",
  stage: "prod",
  version: "0.1.0",
  hostName: "mon1",
  state: "open",
  since: NOW - 93_000,
  slots: { size: 40, busy: 12, min: 10, max: 200 },
  jobs: { taken: 0, done: 0, orphaned: 0, inFlight: [] },
  outbox: { size: 0, oldestAge: 0 },
  jobServers: [{ ...LINK, name: SERVER, jobsInFlight: 0 }],
  dupservers: [],
  executor: { shells: { busy: 0, idle: 8 }, templates: 0 },
  native: { shared: [], waits: {}, setAside: [] },
  recent: { unusable: [], leastLatency: undefined },
  shadow: { share: 0, since: undefined, checks: {} },
  certificates: [],
  lastReload: undefined,
};

const BUSY: WorkerStatus = {
  ...STATUS,
  jobs: {
    taken: 1_234_567,
    done: 1_234_555,
    orphaned: 1,
    inFlight: Array.from({ length: 12 }, (_, at) => ({
      queue: at % 3 === 0 ? "hostgroup_dmz" : "service",
      server: SERVER,
      age: 25 / (at + 1),
      type: "service",
      hostName: `web${at + 1}`,
      serviceDescription: at === 4 ? undefined : "HTTP",
    })),
  },
  outbox: { size: 3, oldestAge: 0.4 },
  dupservers: [{ name: "reports:4730", isConnected: true, waiting: 0, limit: 1000 }],
  executor: { shells: { busy: 7, idle: 12 }, templates: 4 },
  native: {
    shared: ["SSH connections", "SNMP sessions"],
    waits: {
      "ssh logins": { waiting: 2, oldestWait: 0.3, waited: 120, totalWait: 30, longestWait: 2.5 },
    },
    setAside: [],
  },
  shadow: {
    share: 10,
    since: "2026-11-25T20:00:00Z",
    checks: {
      check_http: {
        agreed: 4_210,
        different: 2,
        declined: 17,
        examples: [
          {
            at: "2026-11-25T21:00:00Z",
            command: "check_http -H a -a ****",
            plugin: { returnCode: 0, output: "HTTP OK: 301" },
            native: { returnCode: 1, output: "HTTP WARNING: 301" },
          },
        ],
      },
      check_tcp: { agreed: 912, different: 0, declined: 0, examples: [] },
    },
  },
};

/** A state of a worker, as the page is shown it: turn by turn. */
export interface Scene {
  readonly status: WorkerStatus;
  readonly queues?: readonly WorkQueue[];
  readonly silent?: string;
  readonly points?: number;
  readonly observer?: Observer;
  readonly failedReload?: number;
}

export const SCENES = {
  busy: { status: BUSY, queues: queues(6), points: 360, observer: busyObserver() },
  idle: { status: STATUS, queues: queues(4, 0), points: 360 },
  "gearmand away": {
    status: { ...STATUS, jobServers: [{ ...LINK, name: SERVER, isConnected: false }] },
    silent: SERVER,
    points: 200,
  },
  "much wrong": {
    status: {
      ...BUSY,
      slots: { size: 200, busy: 200, min: 10, max: 200 },
      outbox: { size: 1_300, oldestAge: 95 },
      jobServers: [
        { ...LINK, name: SERVER },
        { ...LINK, name: "gearmand2.example.org:4730", isConnected: false },
      ],
      native: {
        ...BUSY.native,
        setAside: [
          { path: "/opt/site/checks/check_own.mjs", why: "it called process.exit", since: NOW - 900 },
        ],
      },
      recent: {
        unusable: [
          { path: "/usr/lib/nagios/plugins/check_oracle_health", why: "not found", lastTime: NOW - 9 },
        ],
        leastLatency: -5.2,
      },
    },
    queues: queues(6),
    points: 360,
    observer: troubledObserver(),
    failedReload: NOW - 60,
  },
  "500 queues": { status: BUSY, queues: queues(500), points: 360 },
  "nothing yet": { status: { ...STATUS, state: "made", since: NOW, jobServers: [] } },
} as const satisfies Readonly<Record<string, Scene>>;

/** The snapshot of a turn: figures change from one to the next. */
export function play(scene: Scene, turn: number): Snapshot {
  const { status, queues = [], silent, points = 0, observer = new Observer(), failedReload } = scene;
  const tail = new LogTail();
  if (points > 0) for (let at = 0; at < 30 + turn; at += 1) tail.add(logLine(at));
  const made = makeSnapshot({
    status,
    observer,
    tail,
    failedReload,
    seen: { points: 0, lines: turn === 0 ? 0 : 29 + turn },
    queues: {
      queues: queues.map((queue) => ({ ...queue, running: queue.running + turn })),
      more: 0,
      silent: silent === undefined ? [] : [{ server: silent, reason: "connection refused" }],
    },
    config: turn === 0 ? OPTIONS : undefined,
  });
  const jobs = { ...made.jobs, done: made.jobs.done + turn };
  return { ...made, jobs, points: turn === 0 ? pointsOf(points) : [] };
}

const OPTIONS = [
  { name: "server", values: [SERVER], from: "/etc/mod-gearman/worker.conf:12" },
  { name: "key", values: ["****"], from: "/etc/mod-gearman/worker.conf:14" },
  { name: "max-worker", values: ["200"], from: "/etc/mod-gearman/worker.conf:31" },
  { name: "restrict_path", values: ["/usr/lib/nagios/plugins/", "/opt/site/plugins/"], from: undefined },
];

function queues(count: number, waiting = 3): readonly WorkQueue[] {
  return Array.from({ length: count }, (_, at) => ({
    server: SERVER,
    queue: at === 0 ? "service" : `hostgroup_${at}`,
    workers: at === 1 ? 0 : 2,
    waiting: at < 2 ? waiting : 0,
    running: at,
  }));
}

/** A wave, and a peak. */
function pointsOf(count: number): readonly Point[] {
  return Array.from({ length: count }, (_, at) => {
    const wave = Math.sin(at / 25);
    const peak = Math.abs(at - count * 0.7) < 6 ? 1 : 0;
    return {
      time: NOW - (count - at) * 10,
      rate: 140 + 30 * wave + 60 * peak,
      timedOut: at % 90 === 0 || peak > 0 ? 2 : 0,
      inFlight: 14 + Math.round(5 * wave) + 20 * peak,
      latencyP50: 0.05 + 0.01 * wave,
      latencyP95: 0.2 + 0.05 * wave + 0.6 * peak,
      durationP50: 0.03,
      durationP95: 0.4 + 0.1 * wave + 0.5 * peak,
    };
  });
}

function logLine(at: number): string {
  const msg = `timeout (10s) hit for servicecheck: web${at} - HTTP`;
  return JSON.stringify({ level: 30, time: (NOW - 300 + at) * 1000, msg });
}

function busyObserver(): Observer {
  const observer = new Observer();
  const { checks, routes, slowest } = observer;
  const names = ["check_http", "check_ping", "check_disk_smb", "check_oracle_health", "check_snmp"];
  for (const [at, name] of names.entries())
    for (let run = 0; run < 400; run += 1) {
      const seconds = 0.05 * (at + 1) ** 2;
      checks.ran(name, { seconds, isOk: run % (20 * (at + 1)) > 0, isTimedOut: run % 200 === 1 });
      slowest.ran(seconds + run / 100, () => ({
        hostName: `db${run}`,
        serviceDescription: name,
        seconds: seconds + run / 100,
        isTimedOut: run > 397,
        time: NOW - run,
      }));
      routes.ran(at < 2 ? "native" : "plugin", at < 2 ? "the file named is of 2.3.3" : "no native check");
    }
  return observer;
}

function troubledObserver(): Observer {
  const observer = busyObserver();
  const { troubles } = observer;
  for (let at = 0; at < 300; at += 1) troubles.add("ran");
  for (let at = 0; at < 40; at += 1) troubles.add("timed-out");
  for (let at = 0; at < 7; at += 1) troubles.add("refused", "outside-restrict-path");
  troubles.add("other-key");
  troubles.add("late", "the last time for 2.5 s because of check_own");
  return observer;
}
