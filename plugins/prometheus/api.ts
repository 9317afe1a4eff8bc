import { exchange } from "../../sdk/http/exchange.ts";
import { CheckDeclined, CheckFailure, type RunContext, UNKNOWN } from "../../sdk/index.ts";
import { checkIdentityAsGo, goCiphers, readSystemAuthorities } from "../transport/go-tls.ts";
import { TLS_CONTEXTS } from "../transport/tls-contexts.ts";

export type Labels = Readonly<Record<string, string>>;

/** A result of a query, with values as numbers. */
export type QueryResult =
  | { readonly kind: "scalar"; readonly value: number }
  | {
      readonly kind: "vector";
      readonly samples: readonly { readonly labels: Labels; readonly value: number }[];
    }
  | { readonly kind: "matrix"; readonly values: readonly number[] };

export interface ApiContext extends Pick<RunContext, "shared"> {
  readonly signal: AbortSignal;
  /** As it is on the command line. */
  readonly address: string;
}

const MAX_BYTES = 8 * 1_024 * 1_024;
const HTTP_OK = 200;
/** With these a query's answer says what is wrong. */
const QUERY_ERRORS = [400, 422];
/** With these the plugin asks in another way. */
const OTHER_METHOD = [405, 501];

/** Asks for a query's result now. Throws a CheckFailure or a CheckDeclined. */
export async function query(text: string, context: ApiContext): Promise<QueryResult> {
  const form = new URLSearchParams({ query: text, time: String(Date.now() / 1000) });
  const body = await ask("query", `${form}`, context);
  const { status, errorType, error, data } = body;
  if (status === "error") {
    if (typeof errorType !== "string" || typeof error !== "string") throw declineAnswer();
    throw failure(`${errorType}: ${error}`);
  }
  const { resultType, result } = toObject(data);
  switch (resultType) {
    case "scalar":
      return { kind: "scalar", value: readValue(result) };
    case "vector":
      return { kind: "vector", samples: toList(result).map(readSample) };
    case "matrix":
      return { kind: "matrix", values: toList(result).flatMap(readSeries) };
    default:
      throw declineAnswer();
  }
}

/** The labels and the health of the targets. Throws a CheckFailure or a CheckDeclined. */
export async function fetchTargets(context: ApiContext) {
  const { status, data } = await ask("targets", undefined, context);
  if (status !== "success") throw declineAnswer();
  return toList(toObject(data)["activeTargets"]).map((target) => {
    const { labels, health } = toObject(target);
    return { labels: readLabels(labels), isUp: health === "up" };
  });
}

async function ask(name: string, form: string | undefined, { address, signal, shared }: ApiContext) {
  const url = new URL(`${address.replace(/\/$/, "")}/api/v1/${name}`);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const options = { ...(form !== undefined && { body: form }), headers, maxBytes: MAX_BYTES };
  const connection = url.protocol === "https:" ? await readConnection(shared) : undefined;
  const received = await exchange(url, options, { signal, shared, connection }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw readFault(cause, { url, form });
  });
  const { status } = received;
  const isRead = status === HTTP_OK || (QUERY_ERRORS.includes(status) && form !== undefined);
  if (!isRead) throw readStatus(status, form !== undefined);
  const body = readBody(received.body);
  // The plugin's words for an error that is none.
  if (status !== HTTP_OK && body["status"] !== "error") throw declineAnswer();
  return body;
}

/** Go takes no mark of the byte order. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Times in forms that the plugin does not take, or takes for others. */
const ODD_TIME = /\[\s*-?[0-9]+(?:\.[0-9]{4}|(?:\.[0-9]*)?[eE])/;

function readBody(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const text = UTF8.decode(bytes);
    if (ODD_TIME.test(text)) throw declineAnswer();
    return toObject(JSON.parse(text));
  } catch (cause) {
    throw cause instanceof CheckDeclined ? cause : declineAnswer("no JSON");
  }
}

/** The plugin trusts the authorities of the system, and not those that come with Node. */
async function readConnection(shared: ApiContext["shared"]) {
  const settings = {
    minVersion: "TLSv1.2",
    ciphers: goCiphers(true),
    ca: await readSystemAuthorities(),
  } as const;
  const secureContext = shared(TLS_CONTEXTS).get(settings);
  return { secureContext, checkServerIdentity: checkIdentityAsGo };
}

/** A status that is no answer of Prometheus, in the words of its Go client. */
function readStatus(status: number, isQuery: boolean): CheckFailure | CheckDeclined {
  const [kind] = String(status);
  if (!isQuery || OTHER_METHOD.includes(status)) return declineAnswer(`HTTP ${status}`);
  if (kind === "4") return failure(`client_error: client error: ${status}`);
  return kind === "5" ? failure(`server_error: server error: ${status}`) : declineAnswer(`HTTP ${status}`);
}

/** The plugin names the address, which is certain if the host is one. */
function readFault(cause: unknown, { url, form }: { readonly url: URL; readonly form: string | undefined }) {
  const isRefused = cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
  const method = form === undefined ? "Get" : "Post";
  const why = isRefused
    ? `dial tcp ${url.host}: connect: connection refused`
    : `${cause instanceof Error ? cause.message : cause}`;
  const otherwise = failure(`${method} "${url.href}": ${why}`);
  if (isRefused && form !== undefined && /^[0-9.]+$/.test(url.hostname) && url.port !== "") return otherwise;
  return new CheckDeclined("only the plugin knows what it says of this failure", { cause, otherwise });
}

/** The plugin's end of an error. */
export function failure(text: string): CheckFailure {
  return new CheckFailure(`UNKNOWN - Error when executing cli action : ${text}\n`, UNKNOWN);
}

function declineAnswer(why = "an unusual form"): CheckDeclined {
  const otherwise = failure(`the answer of the server is not understood: ${why}`);
  return new CheckDeclined("the server's answer is not what is expected", { otherwise });
}

function readSample(given: unknown) {
  const { metric, value } = toObject(given);
  return { labels: readLabels(metric), value: readValue(value) };
}

function readSeries(given: unknown): readonly number[] {
  const { metric, values } = toObject(given);
  readLabels(metric);
  return toList(values).map(readValue);
}

/** Texts that Go would quote in its own way are left to it. */
function readLabels(given: unknown): Labels {
  const labels = toObject(given);
  if (Object.hasOwn(labels, "")) throw declineAnswer("a label without a name");
  for (const text of Object.entries(labels).flat()) {
    if (typeof text !== "string" || !/^[ -~]*$/.test(text)) throw declineAnswer("labels beyond ASCII");
  }
  return labels as Labels;
}

const VALUES: ReadonlyMap<string, number> = new Map([
  ["NaN", Number.NaN],
  ["+Inf", Number.POSITIVE_INFINITY],
  ["-Inf", Number.NEGATIVE_INFINITY],
]);

/** `[1795649470.426, "1.5"]` */
function readValue(given: unknown): number {
  const [time, text] = toList(given);
  if (typeof time !== "number" || typeof text !== "string") throw declineAnswer();
  // The plugin takes the milliseconds of a time for seconds, and complains of old values.
  if (time * 1000 < Date.now() / 1000) throw declineAnswer("a value of long ago");
  const known = VALUES.get(text);
  if (known !== undefined) return known;
  const value = /^-?[0-9]+(?:\.[0-9]+)?(?:e[-+][0-9]+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw declineAnswer();
  return value;
}

function toObject(given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw declineAnswer();
  return given as Readonly<Record<string, unknown>>;
}

function toList(given: unknown): readonly unknown[] {
  if (!Array.isArray(given)) throw declineAnswer();
  return given;
}
