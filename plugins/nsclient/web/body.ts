import { readState } from "./request.ts";

/** One value of the perfdata, as the agent gives it. */
export interface WebValue {
  readonly value: number | string | undefined;
  readonly unit: string | undefined;
  readonly warning: number | string | undefined;
  readonly critical: number | string | undefined;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
}

/** A line of the answer. Undefined where the agent has given null, or nothing. */
export interface WebLine {
  readonly message: string;
  readonly perf: ReadonlyMap<string, WebValue> | undefined;
}

/** What a check on the agent has answered, in the form of the newer interface. */
export interface WebResult {
  readonly command: string;
  readonly lines: readonly WebLine[] | undefined;
  /** The return code. */
  readonly result: number;
}

/** The body is not surely what Go's encoding/json reads in the same way. */
export class UnsureBody extends Error {
  override readonly name = "UnsureBody";
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;

/** Go takes 1.0 and 1e0 for no whole numbers. */
const FRACTION = /"result"\s*:\s*-?[0-9]+[.eE]/;

/** Reads the answer of `/api/v1/queries`. Throws an UnsureBody. */
export function readV1(body: Buffer): WebResult {
  const answer = toObject(parse(body), ["command", "lines", "result"]);
  const result = toNumber(answer["result"]) ?? 0;
  if (!Number.isInteger(result) || FRACTION.test(body.toString("latin1")))
    throw new UnsureBody("the return code is no whole number");
  const lines = toList(answer["lines"])?.map((line) => {
    const { message, perf } = toObject(line, ["message", "perf"]);
    return {
      message: toText(message) ?? "",
      perf: perf === undefined || perf === null ? undefined : readPerf(perf),
    };
  });
  return { command: toText(answer["command"]) ?? "", lines, result };
}

/** Reads the answer of `/query`. Undefined: it holds none. Throws an UnsureBody. */
export function readLegacy(body: Buffer): WebResult | undefined {
  const { header, payload } = toObject(parse(body), ["header", "payload"]);
  toText(toObject(header ?? {}, ["source_id"])["source_id"]);
  const [first] = (toList(payload) ?? []).map(readPayload);
  return first;
}

function readPayload(given: Json): WebResult {
  const { command, lines, result } = toObject(given, ["command", "lines", "result"]);
  const read = (toList(lines) ?? []).flatMap(readLegacyLine);
  return { command: toText(command) ?? "", lines: read, result: readState(toText(result) ?? "") };
}

/** Each value has a line of its own then. */
function readLegacyLine(given: Json): readonly WebLine[] {
  const { message, perf } = toObject(given, ["message", "perf"]);
  const values = (toList(perf) ?? []).flatMap((entry): readonly WebLine[] => {
    const read = toObject(entry, ["alias", "int_value", "float_value"]);
    const given = read["float_value"] ?? read["int_value"] ?? undefined;
    if (read["int_value"] !== undefined) readValue(read["int_value"]);
    const value = given === undefined ? undefined : readValue(given);
    return value === undefined
      ? []
      : [{ message: "", perf: new Map([[toText(read["alias"]) ?? "", value]]) }];
  });
  return [{ message: toText(message) ?? "", perf: undefined }, ...values];
}

function readPerf(given: Json): ReadonlyMap<string, WebValue> {
  const labels = new Map(
    Object.entries(toObject(given, [])).map(([label, value]) => [label, readValue(value)]),
  );
  if (labels.size > 1)
    return new Map([...labels].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  return labels;
}

function readValue(given: Json): WebValue {
  const read = toObject(given, ["value", "unit", "warning", "critical", "minimum", "maximum"]);
  return {
    value: toScalar(read["value"]),
    unit: toText(read["unit"]),
    warning: toScalar(read["warning"]),
    critical: toScalar(read["critical"]),
    minimum: toNumber(read["minimum"]),
    maximum: toNumber(read["maximum"]),
  };
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function parse(body: Buffer): Json {
  let text: string;
  let json: Json;
  try {
    text = UTF8.decode(body);
    json = JSON.parse(text);
  } catch (cause) {
    throw new UnsureBody("the body is no JSON", { cause });
  }
  // The plugin ends with a signal.
  if (json === null) throw new UnsureBody("the body is null");
  if (countKeys(json, 0) !== countWrittenKeys(text)) throw new UnsureBody("an object has a key twice");
  return json;
}

const BEHIND = /\s*:/y;

/** How many strings of a JSON text have a colon behind them. Each character is looked at once. */
function countWrittenKeys(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    at += 1;
    while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    at += 1;
    BEHIND.lastIndex = at;
    if (BEHIND.test(text)) count += 1;
  }
  return count;
}

/** Go takes 10,000; an agent needs nine. */
const MAX_DEPTH = 100;

function countKeys(json: Json | undefined, depth: number): number {
  if (depth > MAX_DEPTH) throw new UnsureBody("the body is nested too deep");
  if (json === null || typeof json !== "object") return 0;
  const values = Object.values(json);
  const own = Array.isArray(json) ? 0 : values.length;
  return values.reduce<number>((count, value) => count + countKeys(value, depth + 1), own);
}

/** Null is an object without keys. Go takes keys whatever their case, this function only as they are. */
function toObject(given: Json, known: readonly string[]): JsonObject {
  if (given === null) return {};
  if (typeof given !== "object" || Array.isArray(given)) throw new UnsureBody("a value is no object");
  for (const key of Object.keys(given)) {
    const isOther = !known.includes(key) && known.includes(key.toUpperCase().toLowerCase());
    if (isOther) throw new UnsureBody("a key has another case");
  }
  return given as JsonObject;
}

function toList(given: Json | undefined): readonly Json[] | undefined {
  if (given === undefined || given === null) return undefined;
  if (!Array.isArray(given)) throw new UnsureBody("a value is no list");
  return given as readonly Json[];
}

/** Go puts U+FFFD in place of a half of a pair. */
function toText(given: Json | undefined): string | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== "string") throw new UnsureBody("a value is no text");
  return given.toWellFormed();
}

function toNumber(given: Json | undefined): number | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== "number" || !Number.isFinite(given)) throw new UnsureBody("a value is no number");
  return given;
}

function toScalar(given: Json | undefined): number | string | undefined {
  return typeof given === "string" ? toText(given) : toNumber(given);
}
