import { Buffer } from "node:buffer";
import { withoutLogin } from "../../../src/config/secret.ts";
import { type Clock, REAL_CLOCK } from "./clock.ts";
import { RequestPace, readNumber } from "./request-pace.ts";
import { ZulipError } from "./zulip-error.ts";

export interface Login {
  readonly email: string;
  readonly key: string;
}

export interface ClientOptions {
  /** `https://chat.example.org` */
  readonly site: string;
  /** Asked for with each request: a key may be exchanged while the program runs. */
  readonly login: () => Login;
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  /** `omd-worker/0.1.0`, for the log of the server. */
  readonly userAgent: string;
}

export interface RequestOptions {
  readonly params?: Params;
  /** In place of a form of `params`. */
  readonly form?: FormData;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly isAnonymous?: true;
}

/** Texts are sent as they are, all else as JSON. What is undefined is left out. */
export type Params = Readonly<Record<string, unknown>>;
export type Reply = Readonly<Record<string, unknown>>;
export type Method = "GET" | "POST" | "PATCH" | "DELETE";

const TIMEOUT_MS = 15_000;
/** A reply of a long poll may have many events. More is a fault. */
const MAX_REPLY = 64 * 1024 * 1024;
const RETRY_MS = 1_000;

/**
 * One request to a Zulip server, once. It keeps within the server's limit of requests, and throws a
 * `ZulipError` that says what to do next.
 */
export class ZulipClient {
  readonly #options: ClientOptions;
  readonly #pace: RequestPace;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#pace = new RequestPace(options.clock ?? REAL_CLOCK);
  }

  get site(): string {
    return this.#options.site;
  }

  /** How many requests may follow without a wait. */
  get freeRequests(): number {
    return this.#pace.free;
  }

  async request(method: Method, path: string, options: RequestOptions = {}): Promise<Reply> {
    await this.#pace.wait(options.signal);
    const what = `${method} ${path}`;
    const headers = this.#headers(options);
    const response = await this.#fetch(method, path, { ...options, headers });
    this.#pace.note(response.headers);
    const body = await readBody(response, { what, site: this.site });
    if (response.ok && body?.["result"] !== "error") {
      if (body !== undefined) return body;
      throw new ZulipError(`${this.site} has answered ${what} with no JSON`, { kind: "unanswered" });
    }
    throw this.#failure(response, { what, body, login: headers["Authorization"] ?? "" });
  }

  async #fetch(
    method: Method,
    path: string,
    options: RequestOptions & { readonly headers: Readonly<Record<string, string>> },
  ): Promise<Response> {
    const { params = {}, form, timeoutMs = this.#options.timeoutMs ?? TIMEOUT_MS, signal, headers } = options;
    const url = new URL(`api/v1/${path}`, `${this.site}/`);
    const fields = encodeParams(params);
    if (method === "GET") url.search = fields.toString();
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await fetch(url, {
        method,
        redirect: "error",
        headers,
        ...(method !== "GET" && { body: form ?? fields }),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
    } catch (error) {
      throw connectionError(error, {
        what: `${method} ${path}`,
        site: this.site,
        isTimeout: timeout.aborted,
      });
    }
  }

  #headers({ isAnonymous }: RequestOptions): Record<string, string> {
    const { userAgent } = this.#options;
    if (isAnonymous) return { "User-Agent": userAgent };
    const { email, key } = this.#options.login();
    const coded = Buffer.from(`${email}:${key}`, "utf8").toString("base64");
    return { "User-Agent": userAgent, Authorization: `Basic ${coded}` };
  }

  /** Decided by status and code: the message is translated. A server may repeat what it was sent. */
  #failure(
    { status, headers }: Response,
    { what, body = {}, login }: { readonly what: string; readonly body: Reply | undefined; login: string },
  ): ZulipError {
    const code = typeof body["code"] === "string" ? body["code"] : "";
    const said = typeof body["msg"] === "string" ? body["msg"] : "";
    const words = [`status ${status}`, code, said].filter((word) => word !== "");
    const detail = withoutLogin(words.join(", "), login);
    const message = `${this.site} has refused ${what}: ${detail}`;
    if (status === 429 || code === "RATE_LIMIT_HIT") {
      const waitMs = (readNumber(headers, "Retry-After") ?? readSeconds(body) ?? RETRY_MS / 1_000) * 1_000;
      this.#pace.hold(waitMs);
      return new ZulipError(message, { kind: "rate-limited", waitMs });
    }
    if (status >= 500 || status === 408)
      return new ZulipError(`${this.site} has failed at ${what}: ${detail}`, { kind: "unanswered" });
    const kind = status === 401 || status === 403 ? "unauthorized" : "refused";
    return new ZulipError(message, { kind, status, code });
  }
}

function readSeconds(body: Reply): number | undefined {
  const seconds = body["retry-after"];
  return typeof seconds === "number" ? seconds : undefined;
}

function encodeParams(params: Params): URLSearchParams {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    if (value !== undefined) fields.set(name, typeof value === "string" ? value : JSON.stringify(value));
  return fields;
}

/** Undefined: it is no JSON object, as from a proxy. */
async function readBody(
  response: Response,
  { what, site }: { readonly what: string; readonly site: string },
): Promise<Reply | undefined> {
  let text: string;
  try {
    text = await readText(response);
  } catch (error) {
    throw connectionError(error, { what, site, isTimeout: false });
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Reply)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What is longer than it may be is cut. The length in the header is that of packed bytes, if it is there. */
async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_REPLY) break;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** No byte of the request can have reached Zulip. */
const NOT_REACHED = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;
const CERTIFICATE = /CERT|SELF_SIGNED|ISSUER|ALTNAME/;

function connectionError(
  error: unknown,
  { what, site, isTimeout }: { readonly what: string; readonly site: string; readonly isTimeout: boolean },
): ZulipError {
  if (isTimeout) return new ZulipError(`${site} has not answered ${what} in time`, { kind: "unanswered" });
  const code = findCode(error);
  const reason = CERTIFICATE.test(code) ? `${code} (name its authority with ca_file)` : code;
  const isUnreachable = NOT_REACHED.test(code) || CERTIFICATE.test(code);
  return new ZulipError(
    isUnreachable ? `cannot reach ${site}: ${reason}` : `${site} has not answered ${what}: ${reason}`,
    { kind: isUnreachable ? "unreachable" : "unanswered" },
  );
}

/** fetch says `fetch failed`, and hides the reason in causes. */
function findCode(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  if (error instanceof AggregateError && error.errors.length > 0) return findCode(error.errors[0]);
  if (error.cause instanceof Error) return findCode(error.cause);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
