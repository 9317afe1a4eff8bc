import { type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { CheckContext } from "../check.ts";
import { RESOLVER, type Resolver } from "../resolve.ts";
import type { HttpLogin, HttpOptions, HttpResponse } from "./http.ts";

/** One answer, before redirects are looked at. */
export type Received = Pick<HttpResponse, "status" | "headers" | "body">;

export interface ExchangeContext extends Pick<CheckContext, "signal" | "shared"> {
  /** What a check that stands in for a plugin sets of its TLS connection. */
  readonly connection?: Pick<ConnectionOptions, "secureContext" | "checkServerIdentity"> | undefined;
}

/** Sends one request over a connection of its own and reads the answer. Rejects with the socket's error. */
export async function exchange(
  url: URL,
  options: HttpOptions,
  { signal, shared, connection }: ExchangeContext,
): Promise<Received> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { text, type } = readBody(options.body);
  const method = options.method ?? (text === undefined ? "GET" : "POST");
  const login = options.login ?? readLogin(url);
  const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, {
    method,
    auth: null,
    headers: {
      accept: "*/*",
      "accept-encoding": "identity",
      "user-agent": "omd-worker",
      ...(type !== undefined && { "content-type": type }),
      ...(login !== undefined && { authorization: renderLogin(login) }),
      ...lowerNames(options.headers),
    },
    agent: false,
    signal,
    lookup: createLookup(shared(RESOLVER), signal),
    ...readTls(options.tls),
    ...connection,
  });
  request.on("response", resolve).on("error", reject);
  request.end(text);
  try {
    return await receive(await promise, options.maxBytes ?? MAX_BYTES);
  } finally {
    request.destroy();
  }
}

const MAX_BYTES = 1_048_576;

async function receive(response: IncomingMessage, maxBytes: number): Promise<Received> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) throw new Error(`the answer has more than ${maxBytes} bytes`);
    parts.push(part);
  }
  if (!response.complete) throw new Error("the answer ended too early");
  const headers = Object.entries(response.headersDistinct).map(([name, all = []]) => [name, all.join(", ")]);
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(parts),
  };
}

function readBody(body: unknown): { readonly text?: string; readonly type?: string } {
  if (body === undefined) return {};
  if (typeof body === "string") return { text: body, type: "text/plain; charset=utf-8" };
  return { text: JSON.stringify(body), type: "application/json" };
}

function lowerNames(headers: HttpOptions["headers"] = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function readLogin({ username, password }: URL): HttpLogin | undefined {
  if (username === "" && password === "") return undefined;
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

function renderLogin(login: HttpLogin): string {
  if ("token" in login) return `Bearer ${login.token}`;
  return `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`;
}

function readTls({ ca, cert, key, serverName, verify }: NonNullable<HttpOptions["tls"]> = {}) {
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { servername: serverName }),
    ...(verify === false && { rejectUnauthorized: false }),
  } satisfies RequestOptions & Readonly<Record<string, unknown>>;
}

/** Node would ask for the address itself, without the limit on lookups. */
function createLookup(resolver: Resolver, signal: AbortSignal): LookupFunction {
  return (host, { all }, give) => {
    resolver.resolve(host, 0, signal).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) return give(new Error(`${host} has no address`), []);
        return all ? give(null, [...addresses]) : give(null, first.address, first.family);
      },
      (error: Error) => give(error, []),
    );
  };
}
