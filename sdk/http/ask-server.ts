import type { CheckContext } from "../check.ts";
import { withinSeconds } from "../deadline.ts";
import { CheckFailure } from "../failure.ts";
import { CRITICAL, STATE_NAMES, UNKNOWN } from "../state.ts";
import { describeError } from "./describe-error.ts";
import { exchange, type Received } from "./exchange.ts";
import type { HttpOptions, HttpResponse } from "./http.ts";

const REDIRECTS = [301, 302, 303, 307, 308];

/** Asks a server and follows its redirects. Rejects with a `CheckFailure`. */
export async function askServer(
  address: string | URL,
  options: HttpOptions,
  { signal, shared }: Pick<CheckContext, "signal" | "shared">,
): Promise<HttpResponse> {
  const begin = performance.now();
  const { timeout = 10 } = options;
  const first = readUrl(address);
  const onTimeout = () => failure(first, `no answer after ${timeout} seconds`, options);
  const { received, url } = await withinSeconds({ seconds: timeout, signal, onTimeout }, (deadline) =>
    follow(first, options, (each, rest) => exchange(each, rest, { signal: deadline, shared })),
  );
  const { accept = (status: number) => status >= 200 && status <= 299 } = options;
  if (!accept(received.status)) throw failure(url, `HTTP ${received.status}`, options);
  const seconds = (performance.now() - begin) / 1000;
  return { ...received, text: decode(received), url: `${withoutLogin(url)}`, seconds };
}

/** The body as JSON, or a `CheckFailure`. */
export function readJson<Value>({ text, url }: HttpResponse, options: HttpOptions = {}): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    throw failure(new URL(url), "the answer is no JSON", options);
  }
}

function readUrl(address: string | URL): URL {
  const url = URL.parse(`${address}`);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CheckFailure("UNKNOWN - the address is no URL that begins with http:// or https://", UNKNOWN);
  return url;
}

interface Followed {
  readonly received: Received;
  readonly url: URL;
}

async function follow(
  first: URL,
  { maxRedirects = 5, ...options }: HttpOptions,
  ask: (url: URL, options: HttpOptions) => Promise<Received>,
): Promise<Followed> {
  let url = first;
  for (let left = maxRedirects; ; left -= 1) {
    const mine = url.origin === first.origin ? options : withoutSecrets(options);
    const received = await ask(url, mine).catch((error: unknown) => {
      throw failure(url, describeError(error), options);
    });
    const next = findNext(url, received, options);
    if (next === undefined) return { received, url };
    if (left <= 0) throw failure(first, `more than ${maxRedirects} redirects`, options);
    if (url.protocol === "https:" && next.protocol === "http:")
      throw failure(url, "redirects from https to http", options);
    url = next;
  }
}

function findNext(url: URL, { status, headers }: Received, { method, body }: HttpOptions): URL | undefined {
  const location = headers["location"];
  const isPlain = /^(?:GET|HEAD)$/i.test(method ?? (body === undefined ? "GET" : "POST"));
  if (!isPlain || location === undefined || !REDIRECTS.includes(status)) return undefined;
  const next = URL.parse(location, `${url}`) ?? undefined;
  return next !== undefined && /^https?:$/.test(next.protocol) ? next : undefined;
}

/** What is meant for one server is not for the server that it sends us to. */
function withoutSecrets({ login: _, headers = {}, tls = {}, ...options }: HttpOptions): HttpOptions {
  const { cert: _cert, key: _key, serverName: _name, ...rest } = tls;
  const isSecret = (name: string) => /authorization|cookie|token|key|secret|auth/i.test(name);
  const kept = Object.entries(headers).filter(([name]) => !isSecret(name));
  return { ...options, tls: rest, headers: Object.fromEntries(kept) };
}

function decode({ headers, body }: Received): string {
  const [, charset = "utf-8"] = /charset="?([^\s;"]+)/i.exec(headers["content-type"] ?? "") ?? [];
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

function withoutLogin(url: URL): URL {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  return shown;
}

/** A query may hold a token, so it is not shown. */
function failure(url: URL, why: string, { failure: state = CRITICAL }: HttpOptions): CheckFailure {
  return new CheckFailure(`${STATE_NAMES[state]} - ${url.origin}${url.pathname}: ${why}`, state);
}
