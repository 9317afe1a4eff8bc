import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ListenAddress } from "../config/kinds/addresses.ts";
import type { Log } from "../log.ts";
import type { WorkerStatus } from "../worker/worker-status.ts";

/** What the probe for readiness looks at. */
interface Readiness extends Pick<WorkerStatus, "state"> {
  readonly jobServers: readonly Pick<WorkerStatus["jobServers"][number], "isConnected" | "isSilent">[];
}

export interface MetricsServerOptions {
  readonly status: () => Readiness;
  readonly metrics: { readonly contentType: string; readonly render: () => Promise<string> };
  /** What is served beside the metrics. */
  readonly page?: PageServer | undefined;
  readonly log: Pick<Log, "info" | "error">;
}

/** Answers requests for paths of its own. */
export interface PageServer {
  /** False: the path is none of its own, and nothing was sent. */
  readonly respond: (path: string, request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
}

interface Answer {
  readonly code: number;
  readonly text: string;
  readonly type?: string;
}

const MAX_CONNECTIONS = 128;
const REQUEST_WITHIN_MS = 10_000;

/**
 * Serves /metrics for Prometheus, and /livez and /readyz for the probes of Kubernetes. A worker that cannot
 * listen works all the same.
 */
export class MetricsServer implements Disposable {
  readonly #options: MetricsServerOptions;
  readonly #server: Server;

  constructor(options: MetricsServerOptions) {
    this.#options = options;
    this.#server = createServer(
      { requestTimeout: REQUEST_WITHIN_MS, headersTimeout: REQUEST_WITHIN_MS },
      (request, response) => void this.#respond(request, response),
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Resolves to the port when it listens; to undefined if it cannot, which the log says. */
  listen({ host, port }: ListenAddress): Promise<number | undefined> {
    const { log } = this.#options;
    return new Promise((resolve) => {
      this.#server.once("error", (error) => {
        log.error(`cannot serve metrics (prometheus_server): ${error.message}`);
        resolve(undefined);
      });
      this.#server.listen({ host, port }, () => {
        const address = this.#server.address();
        const used = typeof address === "object" ? address?.port : undefined;
        log.info(`metrics are served at port ${used}`);
        resolve(used);
      });
    });
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(request, response).catch((error: unknown): Answer => {
      this.#options.log.error({ err: error }, `cannot answer ${pathOf(request)}`);
      return { code: 500, text: "the worker has a fault, its log says more\n" };
    });
    if (answer === undefined || response.headersSent) return;
    const { code, text, type = "text/plain; charset=utf-8" } = answer;
    response.writeHead(code, { "content-type": type, "cache-control": "no-store" });
    response.end(request.method === "HEAD" ? undefined : text);
  }

  /** Undefined: the page has answered. */
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    const { method } = request;
    if (method !== "GET" && method !== "HEAD") return { code: 405, text: "only GET and HEAD\n" };
    const { metrics, status, page } = this.#options;
    const path = pathOf(request);
    switch (path) {
      case "/metrics":
        return { code: 200, text: await metrics.render(), type: metrics.contentType };
      case "/livez":
        return { code: 200, text: "ok\n" };
      case "/readyz":
        return readiness(status());
      default:
        if (await page?.respond(path, request, response)) return undefined;
        return { code: 404, text: "there are /metrics, /livez and /readyz\n" };
    }
  }
}

function pathOf({ url = "" }: IncomingMessage): string {
  return url.replace(/\?.*$/s, "");
}

/** Ready is a worker that takes jobs, and is connected to a job server that answers. */
function readiness({ state, jobServers }: Readiness): Answer {
  if (state !== "open") return { code: 503, text: `the worker is ${state}\n` };
  const isReady = jobServers.some(({ isConnected, isSilent }) => isConnected && !isSilent);
  return isReady ? { code: 200, text: "ok\n" } : { code: 503, text: "no job server answers\n" };
}
