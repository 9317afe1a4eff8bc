import { Agent, type IncomingMessage, request as requestHttp } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setDeadline, whenAborted } from "../../../sdk/deadline.ts";
import { CheckDeclined, type Shared } from "../../../sdk/index.ts";
import { contextName } from "../../transport/tls-contexts.ts";
import { NATIVE_NSC_KEEPALIVE } from "../settings.ts";
import { type ConnectContext, connect, type PreparedRequest } from "./connect.ts";

/** What an agent has answered. The body is whole. */
export interface WebAnswer {
  readonly status: number;
  /** `404 Not Found`. */
  readonly statusText: string;
  readonly location: string | undefined;
  readonly body: Buffer;
}

export interface AskContext extends ConnectContext {
  /** Called when the header of the answer has come. */
  readonly onHeader: () => void;
}

/** The connection was closed before the end of the body. */
export class CutShort extends Error {
  override readonly name = "CutShort";
}

/** The connection was closed before the agent said anything. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Idle connections to one place, and how long one is kept without use, and in all. */
const MAX_IDLE = 16;
const IDLE_MS = 75_000;
const MAX_AGE_MS = 5 * 60_000;
/** A larger answer is left to the plugin. */
const MAX_BODY = 8 * 1_024 * 1_024;

export interface WebClientOptions {
  /** Whether connections are kept. It is called each time, because the operator may change it. */
  readonly isOn: () => boolean;
  readonly now?: () => number;
}

/** What a new connection is made for: the agent hands it on from the request. */
const OPENING = Symbol("opening");
type OpenOptions = { readonly [OPENING]?: () => Promise<Socket> };

/** Asks agents over HTTP. Connections are left open for the next check if keeping is on. */
export class WebClient implements Disposable {
  readonly #isOn: () => boolean;
  readonly #now: () => number;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: MAX_IDLE, timeout: IDLE_MS });
  readonly #openedAt = new WeakMap<Duplex, number>();

  constructor({ isOn, now = () => performance.now() }: WebClientOptions) {
    this.#isOn = isOn;
    this.#now = now;
    const { keepSocketAlive } = this.#agent;
    Object.assign(this.#agent, {
      createConnection: (options: OpenOptions, give: (error: Error | null, socket?: Socket) => void) => {
        this.#open(options).then(
          (socket) => give(null, socket),
          (error: Error) => give(error),
        );
      },
      getName: (options?: { readonly poolKey?: string }) => options?.poolKey ?? "",
      keepSocketAlive: (socket: Duplex) => this.#mayKeep(socket) && keepSocketAlive.call(this.#agent, socket),
    });
  }

  /** How many connections are idle. */
  get idleCount(): number {
    return Object.values(this.#agent.freeSockets).reduce((count, idle) => count + (idle?.length ?? 0), 0);
  }

  /**
   * Asks once, and on a new connection if the agent has closed the kept one at the same moment. Throws a
   * CutShort, a NoAnswer, what `connect` throws, Node's error, or the signal's reason.
   */
  async ask(request: PreparedRequest, context: AskContext): Promise<WebAnswer> {
    if (!this.#isOn()) this.#closeIdle();
    try {
      return await this.#askOnce(request, context);
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof LostConnection)) throw error;
      return await this.#askOnce(request, context, "on a new connection");
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  async #askOnce(
    request: PreparedRequest,
    context: AskContext,
    how?: "on a new connection",
  ): Promise<WebAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const poolKey = `${placeOf(request)} ${how ?? ""}`;
    const options = { poolKey, [OPENING]: () => openFor(request, context) };
    const { host, path, headers } = request;
    const asked = requestHttp({ ...options, agent: this.#agent, host, path, headers, setHost: false });
    asked.on("response", resolve).on("error", reject);
    using _stopping = whenAborted(context.signal, () => {
      asked.destroy(context.signal.reason);
      reject(context.signal.reason);
    });
    asked.end();
    try {
      const response = await promise;
      context.onHeader();
      return await readResponse(response);
    } catch (error) {
      asked.destroy();
      context.signal.throwIfAborted();
      const isSilent = asked.socket?.bytesRead === 0 && isClosed(error) && !isReset(error);
      if (asked.reusedSocket && isClosed(error)) throw new LostConnection("", { cause: error });
      throw isSilent && request.tls === undefined ? new NoAnswer("", { cause: error }) : error;
    }
  }

  async #open(options: OpenOptions): Promise<Socket> {
    const opening = options[OPENING];
    if (opening === undefined) throw new TypeError("a connection is opened for a request only");
    // dial gives a paused socket, which Node's client does not expect.
    const socket = (await opening()).resume();
    this.#openedAt.set(socket, this.#now());
    return socket;
  }

  #mayKeep(socket: Duplex): boolean {
    const age = this.#now() - (this.#openedAt.get(socket) ?? Number.NEGATIVE_INFINITY);
    return this.#isOn() && age < MAX_AGE_MS;
  }

  #closeIdle(): void {
    for (const idle of Object.values(this.#agent.freeSockets)) {
      for (const socket of [...(idle ?? [])]) socket.destroy();
    }
  }
}

/** A kept connection was closed before it answered. */
class LostConnection extends Error {
  override readonly name = "LostConnection";
}

/** A connection is shared by requests for the same place with the same TLS and the same login. */
function placeOf({ host, port, tls, settings, headers }: PreparedRequest): string {
  const secure = tls && [contextName(settings), tls.serverName, tls.verifies];
  const { "X-Nsc-Web-Timeout": _, Referer: _page, ...identity } = headers;
  return JSON.stringify([host, port, secure, identity]);
}

/** With the check's own signal, the connection would keep the signal as long as it is open. */
async function openFor(request: PreparedRequest, context: ConnectContext): Promise<Socket> {
  const closer = new AbortController();
  setDeadline(closer.signal, { outer: context.signal });
  using _closing = whenAborted(context.signal, () => closer.abort(context.signal.reason));
  return await connect(request, { ...context, signal: closer.signal });
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

/** A reset is the error of a system call; of a close Node says only that the socket hung up. */
function isReset(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

async function readResponse(response: IncomingMessage): Promise<WebAnswer> {
  const { statusCode: status = 0, statusMessage = "", headers, httpVersion } = response;
  if (statusMessage === "") throw new CheckDeclined("the agent's status has no words");
  const isFramed = headers["content-length"] !== undefined || headers["transfer-encoding"] === "chunked";
  if (headers["content-encoding"] !== undefined || !httpVersion.startsWith("1.") || !isFramed)
    throw new CheckDeclined("the agent's answer has an unusual form");
  const { location } = headers;
  return { status, statusText: `${status} ${statusMessage}`, location, body: await readBody(response) };
}

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > MAX_BODY) throw new CheckDeclined("the agent's answer is too large");
      parts.push(part);
    }
  } catch (error) {
    if (response.complete || !isAborted(error)) throw error;
    throw new CutShort("", { cause: error });
  }
  return Buffer.concat(parts);
}

/** The message of an answer whose connection was closed; a reset has the name of a system call. */
function isAborted(error: unknown): boolean {
  return error instanceof Error && error.message === "aborted";
}

/** One for all checks of this worker. */
export const WEB_CLIENT: Shared<WebClient> = {
  name: "connections to agents",
  create: ({ setting }) => new WebClient({ isOn: () => setting(NATIVE_NSC_KEEPALIVE) }),
};
