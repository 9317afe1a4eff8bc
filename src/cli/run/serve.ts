import { hostname } from "node:os";
import { SESSIONS_URL } from "../../../plugins/index.ts";
import type { Config } from "../../config/config.ts";
import type { LoadedConfig } from "../../config/load.ts";
import type { Sources } from "../../config/read/sources.ts";
import { ControlServer } from "../../control/server.ts";
import type { WorkerLog } from "../../log.ts";
import type { ServiceEnvironment } from "../../system/service-environment.ts";
import { takePidFile } from "../../worker/process/pid-file.ts";
import { limitEnvironment } from "../../worker/process/plugin-environment.ts";
import { createReload, type Reload } from "../../worker/process/reload.ts";
import { ReloadOnChange } from "../../worker/process/reload-on-change.ts";
import { handleSignals } from "../../worker/process/signals.ts";
import { Worker } from "../../worker/worker.ts";
import type { WorkerListener } from "../../worker/worker-events.ts";
import type { Io } from "../io.ts";
import { OWN_CHECKS } from "../own-checks.ts";
import { missingReport } from "../reports.ts";
import { VERSION } from "../version.ts";
import { CollectWhenQuiet } from "./collect-when-quiet.ts";
import { CurrentConfiguration, reportConfig } from "./configuration.ts";
import { NewSpace } from "./new-space.ts";
import { openLog } from "./open-log.ts";
import { createMetrics, type WorkerMetrics } from "./serve-metrics.ts";
import { startLines } from "./start-lines.ts";
import { startThreads } from "./start-threads.ts";
import { type SystemdLink, tellSystemd } from "./tell-systemd.ts";
import { handleUncaughtErrors } from "./uncaught-errors.ts";

export interface ServeOptions {
  readonly argv: readonly string[];
  readonly loaded: LoadedConfig<Config>;
  /** What `loaded` was read from. */
  readonly sources: Sources;
  readonly io: Io;
  /** What systemd has said, if it has started this process. */
  readonly service: ServiceEnvironment | undefined;
  /** Called when the worker is up. */
  readonly onReady: () => void;
}

/** Runs a worker until a signal ends it. Resolves to the exit code. What was opened first is closed last. */
export async function serve(options: ServeOptions): Promise<number> {
  const { argv, loaded, sources, io, service, onReady } = options;
  const { config } = loaded;
  await startThreads();
  await using opened = openLog(loaded, io);
  const { log, tail } = opened;
  using _pidFile = config.pidfile === undefined ? undefined : takePidFile(config.pidfile, log);
  for (const line of startLines(loaded, VERSION)) log.info(line);
  reportConfig(loaded, log);
  const missing = missingReport();
  if (missing !== undefined) log.warn(missing);
  limitEnvironment(process.env, config.pluginEnvironment);
  using _uncaughtErrors = handleUncaughtErrors(log, () => process.exit(1));
  using metrics = await createMetrics(config, log, tail);
  await using systemd = tellSystemd(service);
  const newSpace = new NewSpace();
  using quiet = new CollectWhenQuiet({ worker: () => worker, collected: () => newSpace.shrunk() });
  const worker: Worker = createWorker(config, log, [
    quiet.listener,
    newSpace.listener,
    ...(metrics?.listeners ?? []),
    ...(systemd === undefined ? [] : [systemd.listener]),
  ]);
  const current = new CurrentConfiguration(loaded, { argv, io, sources, log });
  const around = { metrics, systemd, control: () => control, changes: () => changes };
  const reload = createWholeReload({ worker, log, current, ...around });
  using changes = new ReloadOnChange({ sources, reload: () => reloadChanged(worker, reload) });
  const signals = handleSignals({
    worker,
    log,
    reload,
    reopenLog: () => log.reopen(),
    onEnd: () => systemd?.stopping(),
  });
  using control = config.controlSocket ? listen(worker, { log, reload, config }) : undefined;
  void metrics?.serve(worker, () => current.loaded);
  systemd?.start(worker);
  await worker.start();
  changes.follow(config.reloadOnChange);
  log.info(`mod_gearman worker ${config.daemon ? "daemon " : ""}started with pid ${process.pid}`);
  quiet.start();
  onReady();
  const isClean = await signals.ended;
  log.info("mod_gearman worker exited");
  return isClean ? 0 : 1;
}

function createWorker(config: Config, log: WorkerLog, listeners: readonly WorkerListener[]): Worker {
  return new Worker({
    config,
    log,
    listeners,
    version: VERSION,
    hostName: hostname(),
    checks: OWN_CHECKS,
    sessions: SESSIONS_URL,
  });
}

interface ReloadParts {
  readonly worker: Worker;
  readonly log: WorkerLog;
  readonly current: CurrentConfiguration;
  readonly metrics: WorkerMetrics | undefined;
  readonly systemd: SystemdLink | undefined;
  readonly control: () => ControlServer | undefined;
  readonly changes: () => ReloadOnChange;
}

/** A reload of the worker and of all that stands around it. */
function createWholeReload({
  worker,
  log,
  current,
  metrics,
  systemd,
  control,
  changes,
}: ReloadParts): Reload {
  const read = () => {
    const { config } = current.readAgain();
    void control()?.listen(config.identifier);
    return config;
  };
  const reloadWorker = createReload({ worker, log, read });
  return (cause) => {
    const result = systemd === undefined ? reloadWorker(cause) : systemd.during(() => reloadWorker(cause));
    metrics?.reloaded(result.kind === "reloaded");
    changes().follow(current.loaded.config.reloadOnChange);
    return result;
  };
}

/** A worker that ends needs no other configuration. */
function reloadChanged(worker: Worker, reload: Reload): void {
  if (worker.status().state !== "stopping") reload("a change of its files");
}

/** The socket is named by the identifier, which a reload may change. */
function listen(
  worker: Worker,
  { log, reload, config }: { readonly log: WorkerLog; readonly reload: Reload; readonly config: Config },
): ControlServer {
  const target = { worker, reload, setDebug: log.setDebug };
  const control = new ControlServer({ target, version: VERSION, log });
  void control.listen(config.identifier);
  return control;
}
