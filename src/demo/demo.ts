import { hostname } from "node:os";
import type { Check } from "../../sdk/check.ts";
import { loadConfig } from "../config/load.ts";
import { thisMachine } from "../config/machine.ts";
import { workerTable } from "../config/worker/table.ts";
import { JobServer } from "../gearman/job-server/job-server.ts";
import type { Log } from "../log.ts";
import { createEnvelope } from "../payload/crypt.ts";
import { keyFromPassword } from "../payload/key.ts";
import { Worker } from "../worker/worker.ts";
import { Core } from "./core.ts";
import { OBJECTS } from "./objects.ts";
import type { Picture } from "./screen.ts";

export interface DemoOptions {
  readonly checks: readonly Check[];
  readonly version: string;
}

export interface Demo {
  /** What the screen shows now. */
  readonly look: () => Picture;
  readonly stop: () => Promise<void>;
}

const KEY = "only-for-the-demo";
const SILENT: Log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Starts a job server, a core and a worker in one process. They talk over the network, as in production. */
export async function startDemo({ checks, version }: DemoOptions): Promise<Demo> {
  const jobServer = new JobServer();
  await jobServer.start();
  const server = { host: "127.0.0.1", port: jobServer.port };
  const options = [`server=${server.host}:${server.port}`, `key=${KEY}`, "min-worker=10", "max-worker=30"];
  const loaded = loadConfig(workerTable([]), options, { ...thisMachine(), env: {} });
  if (loaded.wants !== "run") throw new Error("the demo's options ask for no run");

  const runs: Record<string, number> = {};
  const via = new Map<string, string>();
  const worker = new Worker({
    config: loaded.config,
    checks,
    log: SILENT,
    version,
    hostName: hostname(),
    listeners: [
      {
        ran: ({ job, ran }) => {
          if (ran.via === undefined) return;
          runs[ran.via] = (runs[ran.via] ?? 0) + 1;
          via.set(job.commandLine, ran.via);
        },
      },
    ],
  });
  await worker.start();
  const envelope = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(KEY)) });
  const core = new Core({ server, envelope, objects: OBJECTS, log: SILENT });
  core.start();
  const startMs = performance.now();

  return {
    look: () => {
      const seconds = (performance.now() - startMs) / 1000;
      return {
        seconds,
        results: core.results,
        resultsPerSecond: core.results / seconds,
        submitted: core.submitted,
        events: core.events,
        runs: { ...runs },
        cpu: usedSeconds() / process.uptime(),
        states: [...core.states.values()],
        via,
      };
    },
    stop: async () => {
      await core.stop();
      worker.kill();
      await worker.stop();
      await jobServer.stop();
    },
  };
}

function usedSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}
