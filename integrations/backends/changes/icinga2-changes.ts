import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { errorText } from "../../../src/error-text.ts";
import type { Target } from "../backend.ts";
import { ChannelError } from "../channel.ts";
import type { Icinga2Options } from "../icinga2-channel.ts";
import { at } from "../json.ts";
import type { Change, ChangeSource } from "./change.ts";

interface FollowOptions extends Icinga2Options {
  readonly signal: AbortSignal;
  /** Told when the stream begins. */
  readonly onOpen: () => void;
}

const TYPES = ["AcknowledgementSet", "AcknowledgementCleared", "DowntimeAdded", "DowntimeRemoved"];
const KEEP_ALIVE_MS = 30_000;
const MAX_LINE = 1024 * 1024;

/** What Icinga 2 tells by itself. */
export function createIcinga2Changes(options: Icinga2Options): ChangeSource {
  return {
    lateMs: 0,
    follow: (onOpen, signal) => followChanges({ ...options, onOpen, signal }),
    [Symbol.dispose]() {},
  };
}

/**
 * Icinga 2's stream of events, for as long as the connection lasts. What happens between two connections is
 * not told. Throws ChannelError.
 */
async function* followChanges(options: FollowOptions): AsyncGenerator<Change> {
  try {
    const response = await openStream(options);
    options.onOpen();
    for await (const line of linesOf(response)) {
      const change = readChange(parse(line));
      if (change !== undefined) yield change;
    }
  } catch (error) {
    if (options.signal.aborted) return;
    if (error instanceof ChannelError) throw error;
    throw new ChannelError("unavailable", errorText(error), error);
  }
  if (!options.signal.aborted)
    throw new ChannelError("unavailable", "Icinga 2 has ended the stream of events");
}

async function openStream({ url, user, password, caFile, signal }: FollowOptions): Promise<IncomingMessage> {
  // Its own queue: others with the same name would share the events with it.
  const body = JSON.stringify({ queue: `omd-worker-${crypto.randomUUID()}`, types: TYPES });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const asked = request(`${url.replace(/\/+$/, "")}/v1/events`, {
    method: "POST",
    agent: false,
    signal,
    ...(caFile !== undefined && { ca: readFileSync(caFile) }),
    headers: {
      accept: "application/json",
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    },
  });
  asked.once("socket", (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS));
  asked.once("response", resolve).once("error", reject).end(body);
  const response = await promise;
  if (response.statusCode === 200) return response;
  response.destroy();
  const hint = response.statusCode === 401 ? "" : ": the user needs the permission events/*";
  throw new ChannelError("forbidden", `Icinga 2 answers HTTP ${response.statusCode} for events${hint}`);
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of response as AsyncIterable<Buffer>) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE) throw new ChannelError("unavailable", "an event that is too large");
    yield* lines;
  }
}

function readChange(event: unknown): Change | undefined {
  switch (at(event, "type")) {
    case "AcknowledgementSet":
      return readAcknowledgement(event, "acknowledged");
    case "AcknowledgementCleared":
      // Icinga 2 clears it itself when all is well again.
      return Number(at(event, "state")) === 0 ? undefined : readAcknowledgement(event, "unacknowledged");
    case "DowntimeAdded":
      return readDowntime(at(event, "downtime"), "downtime");
    case "DowntimeRemoved":
      // Of one that is over it is 0.
      return Number(at(event, "downtime", "remove_time")) > 0
        ? readDowntime(at(event, "downtime"), "downtime-removed")
        : undefined;
    default:
      return undefined;
  }
}

function readAcknowledgement(event: unknown, what: Change["what"]): Change | undefined {
  const target = readTarget(at(event, "host"), at(event, "service"));
  const isNotified = at(event, "notify") === true;
  return target && { what, target, isNotified, ...readSignature(event, "expiry") };
}

function readDowntime(downtime: unknown, what: Change["what"]): Change | undefined {
  const target = readTarget(at(downtime, "host_name"), at(downtime, "service_name"));
  return target && { what, target, isNotified: false, ...readSignature(downtime, "end_time") };
}

function readTarget(host: unknown, service: unknown): Target | undefined {
  if (typeof host !== "string" || host === "") return undefined;
  return { host, service: typeof service === "string" && service !== "" ? service : undefined };
}

function readSignature(value: unknown, end: string) {
  const endsAt = Number(at(value, end) ?? 0);
  return {
    author: String(at(value, "author") ?? ""),
    comment: String(at(value, "comment") ?? ""),
    endsAt: endsAt > 0 ? endsAt : undefined,
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
