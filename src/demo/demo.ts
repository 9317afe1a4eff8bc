import { hostname } from "node:os";
import type { Check } from "../../sdk/check.ts";
import type { Config } from "../config/config.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { thisMachine } from "../config/machine.ts";
import { workerTable } from "../config/worker/table.ts";
import { JobServer } from "../gearman/job-server/job-server.ts";
import type { Log } from "../log.ts";
import { createEnvelope } from "../payload/crypt.ts";
import { keyFromPassword } from "../payload/key.ts";
import { Worker } from "../worker/worker.ts";
import type { WorkerListener } from "../worker/worker-events.ts";
import { Core } from "./core.ts";
import { OBJECTS } from "./objects.ts";
import type { Picture } from "./screen.ts";

export interface DemoOptions {
  readonly checks: readonly Check[];
  readonly version: string;
  /** Makes what shows the worker, which is about to be made with this configuration, in another place. */
  readonly observe?: ((loaded: LoadedConfig<Config>) => Promise<DemoObserver | undefined>) | undefined;
}

/** Shows the worker in another place than the terminal. */
export interface DemoObserver extends Disposable {
  readonly log: Log;
  readonly listeners: readonly WorkerListener[];
  /** Resolves to its URL; undefined if there is none. */
  readonly serve: (worker: Worker) => Promise<string | undefined>;
}

export interface Demo {
  /** What the screen shows now. */
  readonly look: () => Picture;
  readonly stop: () => Promise<void>;
}

const KEY = "only-for-the-demo";
const SILENT: Log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Starts a job server, a core and a worker in one process. They talk over the network, as in production. */
export async function startDemo({ checks, version, observe }: DemoOptions): Promise<Demo> {
  const jobServer = new JobServer();
  await jobServer.start();
  const server = { host: "127.0.0.1", port: jobServer.port };
  const options = [
    `server=${server.host}:${server.port}`,
    `key=${KEY}`,
    "min-worker=10",
    "max-worker=30",
    "prometheus_server=127.0.0.1:0",
  ];
  const loaded = loadConfig(workerTable([]), options, { ...thisMachine(), env: {} });
  if (loaded.wants !== "run") throw new Error("the demo's options ask for no run");
  const observer = await observe?.(loaded);

  const runs: Record<string, number> = {};
  const via = new Map<string, string>();
  const worker = new Worker({
    config: loaded.config,
    checks,
    log: observer?.log ?? SILENT,
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
      ...(observer?.listeners ?? []),
    ],
  });
  const pageUrl = await observer?.serve(worker);
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
        pageUrl,
      };
    },
    stop: async () => {
      await core.stop();
      worker.kill();
      await worker.stop();
      observer?.[Symbol.dispose]();
      await jobServer.stop();
    },
  };
}

function usedSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}
