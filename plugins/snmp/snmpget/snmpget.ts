import { CheckDeclined, withinSeconds } from "../../../sdk/index.ts";
import type { Access } from "../session/credentials.ts";
import { type Oid, renderOid } from "../session/oid.ts";
import type { Reply, Target } from "../session/session.ts";
import type { Sessions } from "../session/sessions.ts";
import { renderVarbind, type Varbind } from "./value-text.ts";

/** What the plugin tells snmpget, or snmpgetnext. */
export interface SnmpgetOptions {
  readonly host: string;
  readonly port: number;
  readonly access: Access;
  readonly oids: readonly Oid[];
  readonly isNext: boolean;
  readonly timeout: number;
  readonly retries: number;
}

/** What it would print, line by line: either the objects on stdout, or on stderr what went wrong. */
export interface Printed {
  readonly objects: readonly string[];
  readonly errors: readonly string[];
}

/** Does what snmpget does. Declines where an answer cannot be read: snmpget may make sense of it, or wait for another. */
export async function snmpget(
  options: SnmpgetOptions,
  sessions: Sessions,
  signal: AbortSignal,
): Promise<Printed> {
  const { host, port } = options;
  const found = await sessions.resolve(host, signal);
  if (found === undefined) return failed(`${programOf(options)}: Unknown host (${host}:${port})`);
  const errors: string[] = [];
  let { oids } = options;
  for (;;) {
    const reply = await askInTime({ ...options, oids }, sessions, { ...found, port }, signal);
    if (reply.kind === "garbled") throw new CheckDeclined("an answer net-snmp could not read");
    if (reply.kind !== "answered") return failed(...errors, renderFailure(reply, options));
    const { errorStatus, errorIndex, varbinds } = reply.pdu;
    if (errorStatus === 0) return errors.length > 0 ? failed(...errors) : printed(varbinds);
    errors.push(...renderStatus(errorStatus, errorIndex, varbinds, options));
    // The rest is asked for once more, for errors of its own.
    oids = varbinds[errorIndex - 1] ? varbinds.toSpliced(errorIndex - 1, 1).map(({ oid }) => oid) : [];
    if (oids.length === 0) return failed(...errors);
  }
}

function printed(varbinds: readonly Varbind[]): Printed {
  return { objects: varbinds.flatMap((varbind) => renderVarbind(varbind).split("\n")), errors: [] };
}

function failed(...errors: readonly string[]): Printed {
  return { objects: [], errors };
}

function programOf({ isNext }: SnmpgetOptions): string {
  return isNext ? "snmpgetnext" : "snmpget";
}

/** For who waits for a turn: behind a session's own time, as it is the session that knows what was not heard. */
const LATER = 0.05;

async function askInTime(
  { access, oids, isNext, timeout, retries }: SnmpgetOptions,
  sessions: Sessions,
  target: Target,
  signal: AbortSignal,
): Promise<Reply> {
  const patience = timeout * (retries + 1);
  // Of SNMPv3 the engine may take as long to answer as the question after it.
  const seconds = (access.version === "3" ? 2 * patience : patience) + LATER;
  const question = { oids, isNext, timeoutMs: timeout * 1000, retries };
  const time = { seconds, signal, onTimeout: () => new SilenceError("no answer in time") };
  try {
    return await withinSeconds(time, (deadline) => sessions.ask(target, access, question, deadline));
  } catch (error) {
    if (error instanceof SilenceError) return { kind: "silent", isEngineKnown: access.version !== "3" };
    throw error;
  }
}

class SilenceError extends Error {
  override readonly name = "SilenceError";
}

type Failure = Exclude<Reply, { readonly kind: "answered" | "garbled" }>;

function renderFailure(reply: Failure, options: SnmpgetOptions): string {
  switch (reply.kind) {
    case "silent":
      return reply.isEngineKnown
        ? `Timeout: No Response from ${options.host}:${options.port}.`
        : `${programOf(options)}: Timeout`;
    case "reported":
      return `${programOf(options)}: ${REPORTS[reply.report] ?? reply.report}`;
    case "unsent":
      return `${programOf(options)}: ${unsentOf(options)} (${renderErrno(reply.error)})`;
  }
}

/** Of SNMPv3 it is the question for the engine that is sent first. */
function unsentOf({ access }: SnmpgetOptions): string {
  return access.version === "3" ? "Unknown engine ID" : "Failure in sendto";
}

/** What snmpget says to the reports of an SNMPv3 engine. */
const REPORTS: Readonly<Record<string, string>> = {
  "Unsupported Security Level": "Unsupported security level",
  "Not In Time Window": "Not in time window",
  "Unknown User Name": "Unknown user name",
  "Unknown Engine ID": "Unknown engine ID",
  "Wrong Digest (incorrect password, community or key)":
    "Authentication failure (incorrect password, community or key)",
  "Decryption Error": "Decryption error",
};

const ERRNO: Readonly<Record<string, string>> = {
  EACCES: "Permission denied",
  EHOSTUNREACH: "No route to host",
  EINVAL: "Invalid argument",
  EMSGSIZE: "Message too long",
  ENETUNREACH: "Network is unreachable",
  EPERM: "Operation not permitted",
};

/** Any other is trouble of this process. */
function renderErrno(error: Error): string {
  const code = "code" in error ? String(error.code) : "";
  const text = ERRNO[code];
  if (text === undefined) throw new CheckDeclined("a question that could not be sent");
  return text;
}

/** By their number, from 1. */
const STATUS = [
  "(tooBig) Response message would have been too large.",
  "(noSuchName) There is no such variable name in this MIB.",
  "(badValue) The value given has the wrong type or length.",
  "(readOnly) The two parties used do not have access to use the specified SNMP PDU.",
  "(genError) A general failure occured",
  "noAccess",
  "wrongType (The set datatype does not match the data type the agent expects)",
  "wrongLength (The set value has an illegal length from what the agent expects)",
  "wrongEncoding",
  "wrongValue (The set value is illegal or unsupported in some way)",
  "noCreation (That table does not support row creation or that object can not ever be created)",
  "inconsistentValue (The set value is illegal or unsupported in some way)",
  "resourceUnavailable (This is likely a out-of-memory failure within the agent)",
  "commitFailed",
  "undoFailed",
  "authorizationError (access denied to that object)",
  "notWritable (That object does not support modification)",
  "inconsistentName (That object can not currently be created)",
] as const;

function renderStatus(
  status: number,
  index: number,
  varbinds: readonly Varbind[],
  { isNext }: SnmpgetOptions,
): readonly string[] {
  const lines = [
    isNext ? "Error in packet." : "Error in packet",
    `Reason: ${STATUS[status - 1] ?? "Unknown Error"}`,
  ];
  if (index === 0) return lines;
  const failedObject = varbinds[index - 1];
  return failedObject === undefined
    ? [...lines, "Failed object: "]
    : [...lines, `Failed object: ${renderOid(failedObject.oid)}`, ""];
}
