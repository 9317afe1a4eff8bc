import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";

export interface MeterServerOptions {
  /** In the text format of Prometheus. */
  readonly render: () => string | Promise<string>;
  /** Why the program does not do its work; undefined: it does. */
  readonly whyNotReady: () => string | undefined;
}

const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
const REQUEST_WITHIN_MS = 10_000;
const MAX_CONNECTIONS = 32;

interface Answer {
  readonly code: number;
  readonly text: string;
}

/** Serves /metrics for Prometheus, and /livez and /readyz for probes. */
export class MeterServer implements AsyncDisposable {
  readonly #options: MeterServerOptions;
  readonly #server: Server;

  constructor(options: MeterServerOptions) {
    this.#options = options;
    this.#server = createServer(
      { requestTimeout: REQUEST_WITHIN_MS, headersTimeout: REQUEST_WITHIN_MS },
      async (request, response) => {
        const { code, text } = await this.#answer(request).catch(
          (error: unknown): Answer => ({ code: 500, text: `${String(error)}\n` }),
        );
        response.writeHead(code, { "content-type": CONTENT_TYPE, "cache-control": "no-store" });
        response.end(request.method === "HEAD" ? undefined : text);
      },
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Resolves to the port. Throws if it cannot listen. */
  async listen(address: { readonly host: string | undefined; readonly port: number }): Promise<number> {
    this.#server.listen(address);
    await once(this.#server, "listening");
    const bound = this.#server.address();
    return typeof bound === "object" && bound !== null ? bound.port : address.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer({ method, url = "" }: IncomingMessage): Promise<Answer> {
    if (method !== "GET" && method !== "HEAD") return { code: 405, text: "only GET and HEAD\n" };
    switch (url.replace(/\?.*$/s, "")) {
      case "/metrics":
        return { code: 200, text: await this.#options.render() };
      case "/livez":
        return { code: 200, text: "ok\n" };
      case "/readyz": {
        const why = this.#options.whyNotReady();
        return why === undefined ? { code: 200, text: "ok\n" } : { code: 503, text: `${why}\n` };
      }
      default:
        return { code: 404, text: "there are /metrics, /livez and /readyz\n" };
    }
  }
}
