import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiError, badRequest } from "./api-error.ts";
import type { FakeOptions } from "./context.ts";
import { EventQueues } from "./event-queues.ts";
import type { Page } from "./pages.ts";
import { type Params, readParams } from "./params.ts";
import { type Limit, RateLimit } from "./rate-limit.ts";
import { findRoute } from "./routes.ts";
import { type FakeUser, World } from "./world.ts";

/** What goes wrong with the next request to send a message: of this user, if one is named. */
export type Fault = { readonly from?: Pick<FakeUser, "email"> } & (
  | { readonly kind: "status"; readonly status: number }
  /** The connection ends. The message is stored, or not. */
  | { readonly kind: "drop"; readonly isStored: boolean }
  /** No answer, until the server is restarted or stopped. */
  | { readonly kind: "hang"; readonly isStored: boolean }
);

interface Settings extends FakeOptions {
  readonly limit: Limit;
  readonly heartbeatMs: number;
  readonly now: () => number;
  /** What is served besides the API, by its path. */
  readonly pages: () => ReadonlyMap<string, Page>;
}

const DEFAULTS: Settings = {
  version: "8.0-dev",
  featureLevel: 218,
  editLimit: 600,
  limit: { requests: 200, seconds: 60 },
  heartbeatMs: 50_000,
  now: Date.now,
  pages: () => new Map(),
};

interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A small Zulip server, for the demo and for tests, shaped after the recorded replies of a real one
 * (test/fixtures/zulip). It keeps its world when it is restarted, and loses its event queues, as the real one
 * does.
 */
export class ChatServer implements AsyncDisposable {
  readonly world = new World();
  /**
   * `METHOD path` of each request that has come whole, in order. One that need not wait has done what it asks
   * for.
   */
  readonly requests: string[] = [];
  /** How many of them were refused as too many, by the user's address. */
  readonly refusals = new Map<string, number>();
  /** One for each of the next requests to send a message. */
  readonly faults: Fault[] = [];
  /** As a server that has no buttons any more. */
  refusesWidgets = false;
  /** As one whose organization lets only some people move and resolve topics. */
  refusesTopicEdits = false;
  readonly #settings: Settings;
  #queues: EventQueues;
  #limit: RateLimit;
  #server: Server | undefined;
  #port = 0;

  private constructor(settings: Partial<Settings>) {
    this.#settings = { ...DEFAULTS, ...settings };
    this.#queues = new EventQueues(this.#settings.heartbeatMs);
    this.#limit = new RateLimit(this.#settings.limit, this.#settings.now);
  }

  static async start(settings: Partial<Settings> = {}): Promise<ChatServer> {
    const fake = new ChatServer(settings);
    await fake.resume();
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get openQueues(): number {
    return this.#queues.size;
  }

  /** As if another program had asked for something with the user's key. */
  countRequest(userId: number): void {
    this.#limit.count(userId);
  }

  /** Nothing listens any more, and what waits is cut off. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    this.#queues.loseAll();
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** At the same address, after `stop`. */
  async resume(): Promise<void> {
    const server = createServer((request, response) => void this.#respond(request, response));
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.resume();
  }

  /** As a server does that has kept its queues. Those before Zulip 9 also say whether it is `immediate`. */
  tellRestart(more: { readonly immediate?: boolean } = {}): void {
    const { version, featureLevel } = this.#settings;
    const versions = { zulip_version: version, zulip_merge_base: version, zulip_feature_level: featureLevel };
    this.#queues.tell("restart", () => ({ type: "restart", server_generation: 1, ...versions, ...more }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    const page = request.method === "GET" ? this.#settings.pages().get(url.pathname) : undefined;
    if (page !== undefined) {
      response.writeHead(200, { "content-type": page.type }).end(page.body);
      return;
    }
    const path = url.pathname.replace(/^\/api\/v1\//, "");
    const params = await readParams(request, url).catch(() => undefined);
    this.requests.push(`${request.method} ${path}`);
    const isSend = request.method === "POST" && path === "messages";
    const fault = isSend ? this.#takeFault(request.headers.authorization) : undefined;
    if (fault?.kind === "status") {
      send(response, { status: fault.status, body: {} });
      return;
    }
    if (fault !== undefined && !fault.isStored) {
      if (fault.kind === "drop") request.socket.destroy();
      return;
    }
    const reply = await this.#answer(request, { path, params });
    response.setHeader("Date", new Date(this.#settings.now()).toUTCString());
    if (fault === undefined) send(response, reply);
    else if (fault.kind === "drop") request.socket.destroy();
  }

  #takeFault(authorization = ""): Fault | undefined {
    const [, coded = ""] = authorization.split(" ");
    const login = Buffer.from(coded, "base64").toString("utf8");
    const { from } = this.faults[0] ?? {};
    const isMeant = from === undefined || login.startsWith(`${from.email}:`);
    return isMeant ? this.faults.shift() : undefined;
  }

  async #answer(
    request: IncomingMessage,
    { path, params }: { readonly path: string; readonly params: Params | undefined },
  ): Promise<Reply> {
    let headers: Readonly<Record<string, string>> = {};
    try {
      if (params === undefined) throw badRequest("Malformed request body");
      if (path === "server_settings") return success(this.#serverSettings());
      const user = this.#authenticate(request.headers.authorization);
      const counted = this.#limit.count(user.id);
      headers = counted.headers;
      if (counted.refused) {
        this.refusals.set(user.email, (this.refusals.get(user.email) ?? 0) + 1);
        throw counted.refused;
      }
      if (this.refusesWidgets && params.text("widget_content") !== undefined)
        throw badRequest("Widgets: unknown widget type: zform");
      if (this.refusesTopicEdits && request.method === "PATCH" && params.text("topic") !== undefined)
        throw badRequest("You don't have permission to resolve topics.");
      const route = findRoute(request.method ?? "GET", path);
      if (route === undefined) return failure(new ApiError("BAD_REQUEST", "Not found", { status: 404 }));
      const { now } = this.#settings;
      const client = (request.headers["user-agent"] ?? "").replace(/\/.*$/s, "");
      const around = { world: this.world, queues: this.#queues, options: this.#settings };
      return { ...success(await route.handler({ ...around, user, params, now, client }, route.id)), headers };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { ...failure(error), headers };
    }
  }

  #authenticate(header = ""): FakeUser {
    const [, coded] = /^Basic (.+)$/.exec(header) ?? [];
    const unauthorized = (message: string) => new ApiError("UNAUTHORIZED", message, { status: 401 });
    if (coded === undefined) throw unauthorized("Not logged in: API authentication or user session required");
    const [, email, key = ""] = /^(.*?):(.*)$/s.exec(Buffer.from(coded, "base64").toString("utf8")) ?? [];
    if (key.length !== 32) throw unauthorized("Malformed API key");
    const user = this.world.users.find((one) => one.email === email);
    if (user?.key !== key) throw unauthorized("Invalid API key");
    return user;
  }

  #serverSettings() {
    const { version, featureLevel } = this.#settings;
    return {
      authentication_methods: { password: true },
      push_notifications_enabled: false,
      zulip_version: version,
      zulip_merge_base: version,
      zulip_feature_level: featureLevel,
      is_incompatible: false,
      realm_uri: this.url,
      realm_url: this.url,
      realm_name: "Rig",
    };
  }
}

function success(fields: Readonly<Record<string, unknown>>): Reply {
  return { status: 200, body: { result: "success", msg: "", ...fields } };
}

function failure(error: ApiError): Reply {
  return { status: error.status, body: error.toReply() };
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
