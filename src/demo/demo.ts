import { hostname } from "node:os";
import type { Check } from "../../sdk/check.ts";
import type { Config } from "../config/config.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { thisMachine } from "../config/machine.ts";
import { workerTable } from "../config/worker/table.ts";
import { JobServer } from "../gearman/job-server/job-server.ts";
import type { ServerAddress } from "../gearman/server-address.ts";
import type { Log } from "../log.ts";
import { createEnvelope } from "../payload/crypt.ts";
import { keyFromPassword } from "../payload/key.ts";
import { Worker } from "../worker/worker.ts";
import type { WorkerListener } from "../worker/worker-events.ts";
import { Core, type DemoChange, type DemoEvent } from "./core.ts";
import { describeEvent, type Picture } from "./picture.ts";
import type { StartAgent } from "./site/devices.ts";
import { startSite } from "./site/site.ts";
import { Tally } from "./tally.ts";

export interface DemoOptions {
  readonly checks: readonly Check[];
  readonly version: string;
  /** Undefined: the demo has no hosts that are asked by SNMP. */
  readonly startAgent?: StartAgent | undefined;
  /** `PATH`. */
  readonly searchPath: string;
  /** Undefined: nobody is told of what changes. */
  readonly chat?: DemoChat | undefined;
  /** Makes what shows the worker, which is about to be made with this configuration, in another place. */
  readonly observe?: ((loaded: LoadedConfig<Config>) => Promise<DemoObserver | undefined>) | undefined;
}

/** Where people are told of what changes, and act. */
export interface DemoChat {
  /** The command line of a notification; undefined: nobody is to be told. */
  readonly notify: (change: DemoChange) => string | undefined;
  /** Called with the core before it starts. */
  readonly attach: (core: Core) => void;
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
/** A queue that is named keeps the worker from serving those that it has by default. */
const WITH_CHAT = ["hosts=yes", "services=yes", "eventhandler=yes", "notifications=yes"];
const SILENT: Log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Starts a data centre, a job server, a core and a worker in one process. They talk over the network. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  await using closing = new AsyncDisposableStack();
  const jobServer = new JobServer();
  await jobServer.start();
  closing.defer(() => jobServer.stop());
  const server = { host: "127.0.0.1", port: jobServer.port };
  const place = { address: server.host, port: server.port };
  const site = closing.use(await startSite({ ...options, jobServer: place }));
  const envelope = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(KEY)) });
  const loaded = loadOptions(server, options.chat === undefined ? [] : WITH_CHAT);
  const observer = await options.observe?.(loaded);
  if (observer !== undefined) closing.use(observer);
  const onEvent = (event: DemoEvent) => observer?.log.info(`the demo's core: ${describeEvent(event)}`);
  const notify = options.chat?.notify;
  const core = new Core({ server, envelope, objects: site.objects, log: SILENT, onEvent, notify });
  options.chat?.attach(core);
  const tally = new Tally(core, site.missing);
  const worker = new Worker({
    config: loaded.config,
    checks: options.checks,
    log: observer?.log ?? SILENT,
    version: options.version,
    hostName: hostname(),
    listeners: [{ ran: (performed) => tally.add(performed) }, ...(observer?.listeners ?? [])],
  });
  const pageUrl = await observer?.serve(worker);
  closing.defer(async () => {
    worker.kill();
    await worker.stop();
  });
  await worker.start();
  closing.defer(() => core.stop());
  core.start();
  const startMs = performance.now();
  const owned = closing.move();
  return { look: () => draw(core, tally, { startMs, pageUrl }), stop: () => owned.disposeAsync() };
}

function loadOptions({ host, port }: ServerAddress, more: readonly string[]): LoadedConfig<Config> {
  const options = [
    ...more,
    `server=${host}:${port}`,
    `key=${KEY}`,
    "min-worker=10",
    "max-worker=30",
    "enable_embedded_perl=on",
    "prometheus_server=127.0.0.1:0",
  ];
  const loaded = loadConfig(workerTable([]), options, { ...thisMachine(), env: {} });
  if (loaded.wants !== "run") throw new Error("the demo's options ask for no run");
  return loaded;
}

interface Shown {
  readonly startMs: number;
  readonly pageUrl: string | undefined;
}

function draw(core: Core, tally: Tally, { startMs, pageUrl }: Shown): Picture {
  const seconds = (performance.now() - startMs) / 1000;
  return {
    seconds,
    results: core.results,
    resultsPerSecond: core.results / seconds,
    submitted: core.submitted,
    events: core.events,
    lastEvent: core.lastEvent,
    runs: { ...tally.runs },
    cpu: usedSeconds() / process.uptime(),
    states: [...core.states.values()],
    via: tally.via,
    missing: [...tally.missing],
    pageUrl,
  };
}

function usedSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}
