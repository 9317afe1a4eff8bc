import { allValues, type Config } from "../../config/config.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { effectiveOptions } from "../../config/render/effective.ts";
import { listensHere } from "../../config/worker/unsafe.ts";
import { queueNames } from "../../job/queues.ts";
import type { Log } from "../../log.ts";
import type { Page } from "../../page/page.ts";
import type { LogTail } from "../../page/snapshot/log-tail.ts";
import type { PageServer } from "../../probe-server.ts";
import type { AskQueues } from "../../worker/work-queues.ts";
import type { Worker } from "../../worker/worker.ts";
import type { WorkerListener } from "../../worker/worker-events.ts";
import { WORKER_TABLE } from "../worker-conf.ts";

/** The metrics and the status page of a worker. Life: made before it → serving → disposed of. */
export interface WorkerMetrics extends Disposable {
  /** To be given to the worker. */
  readonly listeners: readonly WorkerListener[];
  readonly reloaded: (isSuccessful: boolean) => void;
  /**
   * Serves what the worker does. `loaded` gives the configuration as it is now. Resolves to the port;
   * undefined if it cannot listen.
   */
  readonly serve: (worker: ObservedWorker, loaded: () => LoadedConfig<Config>) => Promise<number | undefined>;
}

type ObservedWorker = Pick<Worker, "status" | "running">;

/** Undefined: prometheus_server is not set. Nothing of the metrics is loaded then. */
export async function createMetrics(
  config: Config,
  log: Log,
  tail: LogTail | undefined,
): Promise<WorkerMetrics | undefined> {
  const { prometheusServer } = config;
  if (prometheusServer === undefined) return undefined;
  const [{ Metrics }, { MetricsServer }, { createAskQueues }] = await Promise.all([
    import("../../metrics/metrics.ts"),
    import("../../metrics/http-server.ts"),
    import("../../worker/work-queues.ts"),
  ]);
  const metrics = new Metrics();
  const page = tail && (await createPage(config));
  let server: Disposable | undefined;
  return {
    listeners: [...metrics.listeners, ...(page === undefined ? [] : [page.listener])],
    reloaded(isSuccessful) {
      metrics.reloaded(isSuccessful);
      page?.reloaded(isSuccessful);
    },
    serve(worker, loaded) {
      const status = () => worker.status();
      const queues = createAskQueues(() => loaded().config.server);
      const own = () => queueNames(loaded().config);
      const render = metrics.renderer({ status, queues, own });
      const started = new MetricsServer({
        status,
        metrics: { contentType: metrics.contentType, render },
        page: tail && page ? servePage(page, { worker, loaded, queues, tail, log }) : refusePage(config),
        log,
      });
      server = started;
      return started.listen(prometheusServer);
    },
    [Symbol.dispose]() {
      page?.[Symbol.dispose]();
      server?.[Symbol.dispose]();
    },
  };
}

/** Whether the status page is served. */
export function hasPage({ prometheusServer, statusPage, statusPageAuth }: Config): boolean {
  if (prometheusServer === undefined) return false;
  switch (statusPage) {
    case "off":
      return false;
    case "on":
      return true;
    case "auto":
      return statusPageAuth !== undefined || listensHere(prometheusServer);
  }
}

async function createPage({ statusPageAuth }: Config): Promise<Page> {
  const { Page } = await import("../../page/page.ts");
  return new Page(statusPageAuth?.reveal().toString("utf8"));
}

interface PageParts {
  readonly worker: ObservedWorker;
  readonly loaded: () => LoadedConfig<Config>;
  readonly queues: AskQueues;
  readonly tail: LogTail;
  readonly log: Log;
}

function servePage(page: Page, { worker, loaded, queues, tail, log }: PageParts): PageServer {
  let shown:
    | { readonly of: LoadedConfig<Config>; readonly options: ReturnType<typeof optionsOf> }
    | undefined;
  return page.serve({
    status: () => worker.status(),
    inFlight: () => worker.running,
    config: () => {
      const of = loaded();
      if (shown?.of !== of) shown = { of, options: optionsOf(of) };
      return shown.options;
    },
    queues,
    tail,
    log,
  });
}

function optionsOf({ config, origins }: LoadedConfig<Config>) {
  return effectiveOptions(WORKER_TABLE.groups, allValues(config), origins);
}

const HOW_TO_SHOW =
  "the status page is not shown at an address that others can reach: set status_page_auth, or status_page=on\n";

/** Says at `/` why there is no page, and how to get it. */
function refusePage({ statusPage }: Config): PageServer {
  return {
    async respond(path, _, response) {
      if (path !== "/") return false;
      const text = statusPage === "off" ? "the status page is off (status_page)\n" : HOW_TO_SHOW;
      response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end(text);
      return true;
    },
  };
}
