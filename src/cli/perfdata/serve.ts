import type { PerfdataConfig } from "../../../integrations/influxdb/options/table.ts";
import { PerfdataWriter } from "../../../integrations/influxdb/perfdata-writer.ts";
import { renderMetrics } from "../../../integrations/influxdb/render-metrics.ts";
import { SpoolFolderError } from "../../../integrations/spool/spool-folder.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { renderForLog } from "../../config/problem.ts";
import { createLog, type WorkerLog } from "../../log.ts";
import { MetricsServer } from "../../metrics/http-server.ts";
import type { Io } from "../io.ts";
import { startThreads } from "../run/start-threads.ts";
import { handleUncaughtErrors } from "../run/uncaught-errors.ts";
import { VERSION } from "../version.ts";

/** Runs the writer until a signal ends it. Resolves to the exit code. */
export async function servePerfdata(
  { config, warnings }: LoadedConfig<PerfdataConfig>,
  io: Io,
): Promise<number> {
  await startThreads();
  const log = openLog(config, io);
  if (log === undefined) return 1;
  using _uncaughtErrors = handleUncaughtErrors(log, () => process.exit(1));
  for (const warning of warnings) log.warn(renderForLog(warning));
  try {
    const writer = await PerfdataWriter.open(config, log);
    using signals = listenToSignals(log);
    using _metrics = serveMetrics(writer, config, log);
    for (const { name, url } of config.target) log.info(`lines go to ${name}, ${url.href}`);
    writer.start();
    log.info(`omd-worker ${VERSION} writes perfdata, pid ${process.pid}`);
    const signal = await signals.ended;
    log.info(`${signal}: no more jobs are taken, what there is is written`);
    const left = await writer.stop();
    log.info("omd-worker perfdata ended");
    return left === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof SpoolFolderError)) throw error;
    log.error(error.message);
    return 1;
  } finally {
    log.flush();
  }
}

/** Undefined: the log file cannot be written. */
function openLog({ debug, logfile: file, logFormat: format }: PerfdataConfig, io: Io): WorkerLog | undefined {
  try {
    return createLog({ debug, file, format });
  } catch (error) {
    io.stderr(`cannot write the log file: ${error instanceof Error ? error.message : error}\n`);
    return undefined;
  }
}

interface Signals extends Disposable {
  /** The first signal that ends the program. A second one does not wait. */
  readonly ended: Promise<NodeJS.Signals>;
}

function listenToSignals(log: Pick<WorkerLog, "reopen" | "error">): Signals {
  const { promise: ended, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let isEnding = false;
  const end = (signal: NodeJS.Signals) => {
    if (isEnding) process.exit(1);
    isEnding = true;
    resolve(signal);
  };
  const reopen = () => {
    try {
      log.reopen();
    } catch (error) {
      log.error({ err: error }, "cannot open the log file anew");
    }
  };
  const handlers = { SIGTERM: end, SIGINT: end, SIGHUP: reopen, SIGUSR1: reopen } as const;
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  return {
    ended,
    [Symbol.dispose]() {
      for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
    },
  };
}

function serveMetrics(
  writer: PerfdataWriter,
  { prometheusServer }: PerfdataConfig,
  log: WorkerLog,
): Disposable | undefined {
  if (prometheusServer === undefined) return undefined;
  const server = new MetricsServer({
    status: () => ({ state: writer.isStopping ? "stopping" : "open", jobServers: writer.status.servers }),
    metrics: {
      contentType: "text/plain; version=0.0.4; charset=utf-8",
      render: async () => renderMetrics(writer.status, Date.now()),
    },
    log,
  });
  void server.listen(prometheusServer);
  return server;
}
