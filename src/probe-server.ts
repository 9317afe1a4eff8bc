import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface ProbeServerOptions {
  readonly metrics: { readonly contentType: string; readonly render: () => string | Promise<string> };
  /** Why the program does not do its work; undefined: it does. */
  readonly whyNotReady: () => string | undefined;
  /** Told of an answer that could not be made. */
  readonly onFault: (error: unknown, path: string) => void;
  /** What is served beside the metrics. */
  readonly page?: PageServer | undefined;
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
/** How long nothing may come or go on a connection. A viewer of the page gets something every two seconds. */
const SILENT_FOR_MS = 30_000;

/** Serves /metrics for Prometheus, and /livez and /readyz for the probes of Kubernetes. */
export class ProbeServer implements AsyncDisposable {
  readonly #options: ProbeServerOptions;
  readonly #server: Server;
  readonly #connections = new Connections();

  constructor(options: ProbeServerOptions) {
    this.#options = options;
    this.#server = createServer(
      { requestTimeout: REQUEST_WITHIN_MS, headersTimeout: REQUEST_WITHIN_MS },
      (request, response) => {
        this.#connections.serve(request.socket, response);
        void this.#respond(request, response);
      },
    );
    this.#server.setTimeout(SILENT_FOR_MS);
    this.#server.on("connection", (socket) => this.#connections.add(socket));
    // A connection that cannot be accepted, as without a free descriptor, must not end the program.
    this.#server.on("error", (error) => {
      if (this.#server.listening) options.onFault(error, "a connection");
    });
  }

  /** Resolves to the port. Throws if it cannot listen. */
  async listen(address: { readonly host: string | undefined; readonly port: number }): Promise<number> {
    this.#server.listen(address);
    await once(this.#server, "listening");
    const bound = this.#server.address();
    return typeof bound === "object" && bound !== null ? bound.port : address.port;
  }

  /** What waits is cut off at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(request, response).catch((error: unknown): Answer => {
      this.#options.onFault(error, pathOf(request));
      return { code: 500, text: "the program has a fault, its log says more\n" };
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
    const { metrics, whyNotReady, page } = this.#options;
    const path = pathOf(request);
    switch (path) {
      case "/metrics":
        return { code: 200, text: await metrics.render(), type: metrics.contentType };
      case "/livez":
        return { code: 200, text: "ok\n" };
      case "/readyz": {
        const why = whyNotReady();
        return why === undefined ? { code: 200, text: "ok\n" } : { code: 503, text: `${why}\n` };
      }
      default:
        if (await page?.respond(path, request, response)) return undefined;
        return { code: 404, text: "there are /metrics, /livez and /readyz\n" };
    }
  }
}

/**
 * Keeps their number small. For a new one the oldest that asks for nothing goes; where all others ask, the
 * one that has asked first and still has no whole answer. Who opens connections and says nothing, or reads
 * no answer, must not keep out the probes of Kubernetes, which would end the program.
 */
class Connections {
  /** Those that have asked last, or have just come, are the last. */
  readonly #open = new Set<Socket>();
  /** Those without a request, the oldest first. */
  readonly #idle = new Set<Socket>();

  add(socket: Socket): void {
    this.#open.add(socket);
    this.#idle.add(socket);
    socket.once("close", () => {
      this.#open.delete(socket);
      this.#idle.delete(socket);
    });
    if (this.#open.size <= MAX_CONNECTIONS) return;
    const [oldest = socket] = this.#idle;
    const [first] = this.#open;
    (oldest === socket ? first : oldest)?.destroy();
  }

  /** Until the response is over. */
  serve(socket: Socket, response: ServerResponse): void {
    this.#idle.delete(socket);
    this.#open.delete(socket);
    if (!socket.destroyed) this.#open.add(socket);
    response.once("close", () => {
      if (!socket.destroyed) this.#idle.add(socket);
    });
  }
}

function pathOf({ url = "" }: IncomingMessage): string {
  return url.replace(/\?.*$/s, "");
}
