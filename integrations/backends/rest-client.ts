import { readFileSync } from "node:fs";
import {
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { withoutLogin } from "../../src/config/secret.ts";
import { errorCode, errorText } from "../../src/error-text.ts";
import { ChannelError } from "./channel.ts";

export interface RestOptions {
  /** Such as `https://icinga.example.org:5665/v1`. It has no user and no password. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A file with the certificate authorities that are trusted instead of the system's. */
  readonly caFile?: string | undefined;
  readonly timeoutMs?: number;
}

export interface RestReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What the body says, as JSON. Undefined: it is none. */
  readonly body: unknown;
}

export interface RestRequest {
  readonly method: "GET" | "POST";
  /** With the query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** It changes nothing, so it may be sent twice. */
  readonly reads?: true;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
  /** In bytes. A larger answer is none. */
  readonly maxBody?: number | undefined;
}

const MAX_BODY = 4 * 1024 * 1024;
/** Headers with a password, a key or a token. */
const LOGIN = /^authorization$|-key$|-token$/i;

/** JSON over HTTP, over connections that are kept. */
export class RestClient {
  readonly #options: RestOptions;
  readonly #isSecure: boolean;
  readonly #agent: HttpAgent;

  constructor(options: RestOptions) {
    this.#options = options;
    this.#isSecure = options.url.startsWith("https:");
    const { caFile } = options;
    this.#agent = this.#isSecure
      ? new HttpsAgent({ keepAlive: true, ...(caFile !== undefined && { ca: readFileSync(caFile) }) })
      : new HttpAgent({ keepAlive: true });
  }

  get url(): string {
    return this.#options.url;
  }

  /** Any status is a reply. Throws ChannelError if there is none. */
  async request(request: RestRequest): Promise<RestReply> {
    try {
      return await this.#once(request);
    } catch (error) {
      // The server has closed a kept connection at the same moment. To read again does no harm.
      const mayRepeat = request.reads === true && error instanceof ChannelError && isReset(error.cause);
      if (mayRepeat) return await this.#once(request);
      throw error;
    }
  }

  async #once({ method, path, body, headers, signal, maxBody }: RestRequest): Promise<RestReply> {
    const { url, timeoutMs = 10_000 } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const text = body === undefined ? undefined : JSON.stringify(body);
    const own = { ...this.#options.headers, ...headers };
    const send = this.#isSecure ? requestHttps : requestHttp;
    const sent = send(`${url}${path}`, {
      method,
      agent: this.#agent,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: "application/json",
        ...own,
        ...(text !== undefined && {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(text),
        }),
      },
    });
    sent.once("response", resolve).once("error", reject).end(text);
    const end = () => sent.destroy(new Error("the program ends"));
    if (signal?.aborted) end();
    signal?.addEventListener("abort", end);
    try {
      const response = await promise;
      const { statusCode: status = 0, headers: received } = response;
      const said = await readText(response, maxBody);
      return { status, headers: received, body: readJson(this.#withoutLogins(said, own)) };
    } catch (error) {
      throw error instanceof ChannelError
        ? error
        : new ChannelError("unavailable", this.#describe(error, timeoutMs), error);
    } finally {
      signal?.removeEventListener("abort", end);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  /** What the server says is shown to people, and it may repeat what it was sent. */
  #withoutLogins(text: string, headers: Readonly<Record<string, string>>): string {
    const logins = Object.entries(headers).filter(([name]) => LOGIN.test(name));
    return logins.reduce((masked, [, login]) => withoutLogin(masked, login), text);
  }

  #describe(error: unknown, timeoutMs: number): string {
    const isLate = error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError");
    const reason = isLate ? `no answer within ${timeoutMs / 1000} seconds` : errorText(error);
    return `${this.url}: ${reason}`;
  }
}

async function readText(response: IncomingMessage, maxBody = MAX_BODY): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBody) {
      response.destroy();
      throw new ChannelError("unavailable", "an answer that is too large");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a proxy's page, or nothing
  }
}

function isReset(error: unknown): boolean {
  return ["ECONNRESET", "EPIPE"].includes(errorCode(error) ?? "");
}
