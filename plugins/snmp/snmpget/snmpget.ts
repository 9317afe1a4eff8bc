import { CheckDeclined, type Resolver, withinSeconds } from "../../../sdk/index.ts";
import { declineIfShort } from "../../transport/shortage.ts";
import type { Credentials } from "../session/credentials.ts";
import { type Oid, renderOid } from "../session/oid.ts";
import type { AgentAddress, SnmpReply } from "../session/session.ts";
import type { Sessions } from "../session/sessions.ts";
import { findAddress } from "./host-address.ts";
import { leavesNoErrno } from "./name-services.ts";
import { renderValue, type Varbind } from "./value-text.ts";

/** What the plugin asks of snmpget or snmpgetnext. */
export interface SnmpgetOptions {
  readonly host: string;
  readonly port: number;
  readonly credentials: Credentials;
  readonly oids: readonly Oid[];
  readonly isNext: boolean;
  readonly timeout: number;
  readonly retries: number;
}

/** The lines snmpget would print: either the objects on stdout, or the errors on stderr. */
export interface SnmpgetOutput {
  readonly objects: readonly string[];
  readonly errors: readonly string[];
}

/** How objects are named, and values printed, by the MIBs that snmpget loads. */
export interface Printer {
  name(oid: Oid): string;
  print(varbind: Varbind): string | Promise<string>;
}

/** What snmpget works with here. */
export interface SnmpgetContext {
  readonly printer: Printer;
  readonly sessions: Sessions;
  readonly resolver: Resolver;
  readonly signal: AbortSignal;
}

/**
 * Does what snmpget does. Throws a CheckDeclined where an answer cannot be read: snmpget may understand it,
 * or wait for another one.
 */
export async function snmpget(
  options: SnmpgetOptions,
  { sessions, resolver, signal, printer }: SnmpgetContext,
): Promise<SnmpgetOutput> {
  const { host, port } = options;
  const found = await findAddress(host, resolver, signal);
  if (found === undefined) return unknownHost(options);
  const errors: string[] = [];
  let { oids } = options;
  for (;;) {
    const reply = await askInTime({ ...options, oids }, { ...found, port }, { sessions, signal });
    if (reply.kind === "garbled") throw new CheckDeclined("an answer net-snmp could not read");
    if (reply.kind !== "answered") return failed(...errors, renderFailure(reply, options));
    const { errorStatus, errorIndex, varbinds } = reply.pdu;
    if (errorStatus === 0) return errors.length > 0 ? failed(...errors) : print(varbinds, printer);
    errors.push(...renderStatus(reply.pdu, options, printer));
    // snmpget asks for the other objects once more, and prints their errors too.
    oids = varbinds[errorIndex - 1] ? varbinds.toSpliced(errorIndex - 1, 1).map(({ oid }) => oid) : [];
    if (oids.length === 0) return failed(...errors);
  }
}

function unknownHost(options: SnmpgetOptions): SnmpgetOutput {
  if (!leavesNoErrno())
    throw new CheckDeclined("an unknown host, and other name services than files and dns");
  return failed(`${programOf(options)}: Unknown host (${options.host}:${options.port})`);
}

/** Without MIBs. */
export const PLAIN_PRINTER: Printer = { name: renderOid, print: renderValue };

async function print(varbinds: readonly Varbind[], printer: Printer): Promise<SnmpgetOutput> {
  const texts = await Promise.all(
    varbinds.map(async (varbind) => `${printer.name(varbind.oid)} = ${await printer.print(varbind)}`),
  );
  return { objects: texts.flatMap((text) => text.split("\n")), errors: [] };
}

function failed(...errors: readonly string[]): SnmpgetOutput {
  return { objects: [], errors };
}

function programOf({ isNext }: SnmpgetOptions): string {
  return isNext ? "snmpgetnext" : "snmpget";
}

/**
 * Seconds after a session's own time, for a check that waits for its turn. The session must time out first,
 * because it knows whether the engine has answered.
 */
const LATER = 0.05;

async function askInTime(
  { credentials, oids, isNext, timeout, retries }: SnmpgetOptions,
  agent: AgentAddress,
  { sessions, signal }: Pick<SnmpgetContext, "sessions" | "signal">,
): Promise<SnmpReply> {
  const patience = timeout * (retries + 1);
  // In SNMPv3 the engine is asked first, and may take as long to answer as the request after it.
  const seconds = (credentials.version === "3" ? 2 * patience : patience) + LATER;
  const request = { oids, isNext, timeoutMs: timeout * 1000, retries };
  const time = { seconds, signal, onTimeout: () => new SilenceError("no answer in time") };
  try {
    return await withinSeconds(time, (deadline) => sessions.ask({ agent, credentials, request }, deadline));
  } catch (error) {
    if (error instanceof SilenceError) return { kind: "silent", isEngineKnown: credentials.version !== "3" };
    throw error;
  }
}

class SilenceError extends Error {
  override readonly name = "SilenceError";
}

type Failure = Exclude<SnmpReply, { readonly kind: "answered" | "garbled" }>;

function renderFailure(reply: Failure, options: SnmpgetOptions): string {
  switch (reply.kind) {
    case "silent":
      return reply.isEngineKnown
        ? `Timeout: No Response from ${options.host}:${options.port}.`
        : `${programOf(options)}: Timeout`;
    case "reported":
      return `${programOf(options)}: ${REPORTS[reply.report] ?? reply.report}`;
    case "unsent":
      declineIfShort(reply.error);
      return `${programOf(options)}: ${unsentOf(options)} (${renderErrno(reply.error)})`;
  }
}

/** In SNMPv3 the request for the engine is sent first. */
function unsentOf({ credentials }: SnmpgetOptions): string {
  return credentials.version === "3" ? "Unknown engine ID" : "Failure in sendto";
}

/** net-snmp's words for the report of an SNMPv3 engine → snmpget's words. */
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

/** Any other error number means a fault of this process, so the check is declined. */
function renderErrno(error: Error): string {
  const code = "code" in error ? String(error.code) : "";
  const text = ERRNO[code];
  if (text === undefined) throw new CheckDeclined("a question that could not be sent");
  return text;
}

/** snmpget's texts for the error status, from status 1. */
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

type AnswerPdu = Extract<SnmpReply, { readonly kind: "answered" }>["pdu"];

function renderStatus(
  { errorStatus: status, errorIndex: index, varbinds }: AnswerPdu,
  { isNext }: SnmpgetOptions,
  { name }: Printer,
): readonly string[] {
  const lines = [
    isNext ? "Error in packet." : "Error in packet",
    `Reason: ${STATUS[status - 1] ?? "Unknown Error"}`,
  ];
  if (index === 0) return lines;
  const failedObject = varbinds[index - 1];
  return failedObject === undefined
    ? [...lines, "Failed object: "]
    : [...lines, `Failed object: ${name(failedObject.oid)}`, ""];
}
