import type { Config } from "../../config/config.ts";
import type { Log } from "../../log.ts";
import type { Worker } from "../../worker/worker.ts";
import type { WorkerListener } from "../../worker/worker-events.ts";

/** The metrics of a worker that is about to be made. Life: made → serving → disposed of. */
export interface WorkerMetrics extends Disposable {
  /** To be given to the worker. */
  readonly listener: WorkerListener;
  readonly reloaded: (isSuccessful: boolean) => void;
  /** Serves what the worker does. `config` gives the configuration as it is now. */
  readonly serve: (worker: Pick<Worker, "status">, config: () => Config) => void;
}

/** Undefined: prometheus_server is not set. Nothing of the metrics is loaded then. */
export async function createMetrics(
  { prometheusServer }: Config,
  log: Log,
): Promise<WorkerMetrics | undefined> {
  if (prometheusServer === undefined) return undefined;
  const [{ Metrics }, { MetricsServer }] = await Promise.all([
    import("../../metrics/metrics.ts"),
    import("../../metrics/http-server.ts"),
  ]);
  const metrics = new Metrics();
  let server: Disposable | undefined;
  return {
    listener: metrics.listener,
    reloaded: (isSuccessful) => metrics.reloaded(isSuccessful),
    serve(worker, config) {
      const status = () => worker.status();
      const render = metrics.renderer({ status, servers: () => config().server });
      const started = new MetricsServer({
        status,
        metrics: { contentType: metrics.contentType, render },
        log,
      });
      server = started;
      void started.listen(prometheusServer);
    },
    [Symbol.dispose]: () => server?.[Symbol.dispose](),
  };
}
