import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "../../log.ts";
import { LogThrottle } from "../../worker/log-throttle.ts";
import { type Asset, readAssets } from "./assets.ts";
import type { Login } from "./login.ts";
import { type Show, Viewers } from "./viewers.ts";

export interface StatusPageOptions {
  readonly show: Show;
  /** Undefined: everybody who reaches the port may look. */
  readonly login: Pick<Login, "check"> | undefined;
  readonly log: Log;
}

/** Nothing from elsewhere, nothing inline, in no frame. */
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
} as const;

const TEXT = {
  ...HEADERS,
  "content-type": "text/plain; charset=utf-8",
  "cache-control": "no-store",
} as const;

/** `nginx` and others hold back what they proxy, if they are not told. */
const EVENTS = {
  ...HEADERS,
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
} as const;

/** The page at `/`, its files, and its live data at `/events`. */
export class StatusPage implements Disposable {
  readonly #options: StatusPageOptions;
  readonly #assets = readAssets();
  readonly #viewers: Viewers;
  readonly #throttle: LogThrottle;

  constructor(options: StatusPageOptions) {
    this.#options = options;
    this.#throttle = new LogThrottle(options.log);
    this.#viewers = new Viewers(options.show, options.log);
  }

  [Symbol.dispose](): void {
    this.#viewers[Symbol.dispose]();
  }

  /** Answers a GET or HEAD for a path of the page. False: the path is none of its own. */
  async respond(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const asset = this.#assets.get(path);
    if (asset === undefined && path !== "/events") return false;
    if (!(await this.#mayLook(request, response))) return true;
    if (asset !== undefined) sendAsset(asset, request, response);
    else this.#sendEvents(request, response);
    return true;
  }

  async #mayLook({ headers }: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const verdict = (await this.#options.login?.check(headers.authorization)) ?? "right";
    switch (verdict) {
      case "right":
        return true;
      case "wrong":
        response.writeHead(401, { ...TEXT, "www-authenticate": 'Basic realm="omd-worker", charset="UTF-8"' });
        response.end("a user and a password are needed (status_page_auth)\n");
        return false;
      case "unreadable":
        this.#throttle.error(
          "auth",
          {},
          "the file of status_page_auth cannot be read: nobody may see the page",
        );
        response.writeHead(503, TEXT).end("the file of status_page_auth cannot be read\n");
        return false;
    }
  }

  #sendEvents({ method }: IncomingMessage, response: ServerResponse): void {
    if (this.#viewers.isFull) {
      response.writeHead(503, { ...TEXT, "retry-after": "10" }).end("too many viewers look at this page\n");
      return;
    }
    response.writeHead(200, EVENTS);
    if (method === "HEAD") response.end();
    else this.#viewers.add(response);
  }
}

function sendAsset(
  { body, type, etag }: Asset,
  { method, headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const common = { ...HEADERS, etag, "cache-control": "no-cache" };
  if (headers["if-none-match"] === etag) response.writeHead(304, common).end();
  else
    response
      .writeHead(200, { ...common, "content-type": type, "content-length": body.length })
      .end(method === "HEAD" ? undefined : body);
}
