import type { ListenAddress } from "../config/kinds/addresses.ts";
import type { Log } from "../log.ts";
import { type PageServer, ProbeServer, type ProbeServerOptions } from "../probe-server.ts";
import { hasJobServer, type WorkerStatus } from "../worker/worker-status.ts";

/** What the probe for readiness looks at. */
interface Readiness extends Pick<WorkerStatus, "state"> {
  readonly jobServers: Parameters<typeof hasJobServer>[0];
}

export interface MetricsServerOptions {
  readonly status: () => Readiness;
  readonly metrics: ProbeServerOptions["metrics"];
  /** What is served beside the metrics. */
  readonly page?: PageServer | undefined;
  readonly log: Pick<Log, "info" | "error">;
}

/** The server of a program that takes jobs. If it cannot listen, the program works all the same. */
export class MetricsServer implements Disposable {
  readonly #log: MetricsServerOptions["log"];
  readonly #server: ProbeServer;

  constructor({ status, metrics, page, log }: MetricsServerOptions) {
    this.#log = log;
    this.#server = new ProbeServer({
      metrics,
      page,
      whyNotReady: () => whyNotReady(status()),
      onFault: (error, path) => log.error({ err: error }, `cannot answer ${path}`),
    });
  }

  /** Resolves to the port when it listens; to undefined if it cannot, which the log says. */
  async listen(address: ListenAddress): Promise<number | undefined> {
    try {
      const port = await this.#server.listen(address);
      this.#log.info(`metrics are served at port ${port}`);
      return port;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.error(`cannot serve metrics (prometheus_server): ${reason}`);
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    void this.#server[Symbol.asyncDispose]();
  }
}

/** Ready is a worker that takes jobs, and is connected to a job server that answers. */
function whyNotReady({ state, jobServers }: Readiness): string | undefined {
  if (state !== "open") return `the worker is ${state}`;
  return hasJobServer(jobServers) ? undefined : "no job server answers";
}
