import { hostname } from "node:os";
import { setFlagsFromString } from "node:v8";
import { BUILTIN_CHECKS, SESSIONS_URL } from "../../../plugins/index.ts";
import type { Config } from "../../config/config.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { ConfigError, renderForLog, renderProblem } from "../../config/problem.ts";
import { systemReason } from "../../config/read/read-file.ts";
import { Sources } from "../../config/read/sources.ts";
import { ControlServer } from "../../control/server.ts";
import { createLog, type WorkerLog } from "../../log.ts";
import { LogTail } from "../../page/snapshot/log-tail.ts";
import { PidFileError, takePidFile } from "../../worker/process/pid-file.ts";
import { createReload, type Reload } from "../../worker/process/reload.ts";
import { ReloadOnChange } from "../../worker/process/reload-on-change.ts";
import { handleSignals } from "../../worker/process/signals.ts";
import { Worker } from "../../worker/worker.ts";
import type { Io } from "../io.ts";
import { forgetMark, isDaemon, startDaemon, tellLauncher } from "../run/daemon.ts";
import { leaveFirstPlace } from "../run/init.ts";
import { createMetrics, hasPage } from "../run/serve-metrics.ts";
import { handleUncaughtErrors } from "../run/uncaught-errors.ts";
import { VERSION } from "../version.ts";
import { loadWorkerConf } from "../worker-conf.ts";

/** Runs the worker until a signal ends it. The exit codes are the C worker's: 0, and 1 if it cannot start. */
export async function runWorker(argv: readonly string[], io: Io): Promise<number> {
  const warning = leaveFirstPlace(io.env);
  if (warning !== undefined) io.stderr(`${warning}\n`);
  const isInBackground = isDaemon(io.env);
  forgetMark();
  try {
    const sources = new Sources();
    const loaded = load(argv, io, sources);
    if (loaded.config.daemon && !isInBackground) {
      for (const warning of loaded.warnings) io.stderr(`${renderProblem(warning)}\n`);
      return await startDaemon(io);
    }
    keepHeapSmall();
    return await serve({ argv, io, loaded, sources }, () => isInBackground && tellLauncher({ ready: true }));
  } catch (error) {
    const text = renderFailure(error);
    if (isInBackground) tellLauncher({ failed: text });
    io.stderr(`${text}\n`);
    return 1;
  }
}

/**
 * Nearly all objects of a job die with the job. Without this flag V8 makes their space larger and larger
 * under load: 154 MiB in place of 66 for 20,000 jobs a second, at the same CPU.
 */
function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

/** One line for what an operator can mend; the stack for a fault of ours. */
function renderFailure(error: unknown): string {
  if (error instanceof ConfigError || error instanceof PidFileError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (!("syscall" in error)) return error.stack ?? error.message;
  const what =
    "path" in error ? `cannot ${error.syscall} ${error.path}: ${systemReason(error)}` : error.message;
  return `cannot start worker: ${what}`;
}

function load(argv: readonly string[], io: Io, sources: Sources): LoadedConfig<Config> {
  const loaded = loadWorkerConf(argv, io, sources);
  if (loaded.wants !== "run")
    throw new ConfigError([{ severity: "error", message: `${loaded.wants} must be the only word` }]);
  return loaded;
}

interface Started {
  readonly argv: readonly string[];
  readonly io: Io;
  readonly loaded: LoadedConfig<Config>;
  readonly sources: Sources;
}

async function serve({ argv, io, loaded, sources }: Started, onReady: () => void): Promise<number> {
  const { config } = loaded;
  const tail = hasPage(config) ? new LogTail() : undefined;
  const { debug, logFormat: format } = config;
  const log = createLog({ debug, file: logFile(loaded), format, onLine: tail?.add });
  using _pidFile = config.pidfile === undefined ? undefined : takePidFile(config.pidfile, log);
  reportConfig(loaded, log);
  using _uncaughtErrors = handleUncaughtErrors(log, () => process.exit(1));
  using metrics = await createMetrics(config, log, tail);
  const listeners = metrics?.listeners ?? [];
  const hostName = hostname();
  const worker = new Worker({
    config,
    checks: BUILTIN_CHECKS,
    sessions: SESSIONS_URL,
    log,
    version: VERSION,
    hostName,
    listeners,
  });
  let current = loaded;
  const readAgain = () => {
    const reloaded = load(argv, io, sources);
    reopenLog(log, logFile(loaded), logFile(reloaded));
    log.setDebug(reloaded.config.debug);
    reportConfig(reloaded, log);
    void control?.listen(reloaded.config.identifier);
    current = reloaded;
    return current.config;
  };
  const reloadWorker = createReload({ worker, log, read: readAgain });
  const reload: Reload = (cause) => {
    const result = reloadWorker(cause);
    metrics?.reloaded(result.kind === "reloaded");
    changes.follow(current.config.reloadOnChange);
    return result;
  };
  const reloadChanged = () => worker.status().state !== "stopping" && reload("a change of its files");
  using changes = new ReloadOnChange({ sources, reload: reloadChanged });
  const signals = handleSignals({ worker, log, reload });
  using control = config.controlSocket ? listen(worker, { log, reload, config }) : undefined;
  void metrics?.serve(worker, () => current);
  await worker.start();
  changes.follow(config.reloadOnChange);
  log.info(`mod_gearman worker ${config.daemon ? "daemon " : ""}started with pid ${process.pid}`);
  onReady();
  const isClean = await signals.ended;
  log.info("mod_gearman worker exited");
  log.flush();
  return isClean ? 0 : 1;
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

function logFile({ config: { logmode, logfile } }: LoadedConfig<Config>): string | undefined {
  return logmode === "stdout" ? undefined : logfile;
}

/** `first` is the log file the worker was started with. */
function reopenLog(log: WorkerLog, first: string | undefined, now: string | undefined): void {
  log.reopen(now);
  if ((first === undefined) !== (now === undefined))
    log.warn("the log goes from standard output to a file, or back, at the next start only");
}

function reportConfig({ warnings, withoutEffect }: LoadedConfig<Config>, log: WorkerLog): void {
  for (const warning of warnings) log.warn(renderForLog(warning));
  for (const { name } of withoutEffect) log.debug(`option ${name} has no effect in this worker`);
}
