import type { SnmpSessions } from "../../sdk/context/sessions.ts";
import {
  CheckFailure,
  CRITICAL,
  RESOLVER,
  type Resolver,
  type Shared,
  type SnmpAgent,
  type SnmpObject,
  STATE_NAMES,
  UNKNOWN,
} from "../../sdk/index.ts";
import { type Credentials, readCredentials } from "./session/credentials.ts";
import { type Oid, readOid } from "./session/oid.ts";
import type { AgentAddress, SnmpReply } from "./session/session.ts";
import { SESSIONS, type Sessions } from "./session/sessions.ts";
import { findAddress } from "./snmpget/host-address.ts";
import { readObject } from "./snmpget/object-value.ts";
import { TYPES, type Varbind } from "./snmpget/value-text.ts";

const PORT = 161;
/** In seconds. */
const TIMEOUT = 2;
const RETRIES = 2;
const MAX_OBJECTS = 10_000;
/** The status of an SNMPv1 answer: there is no such object. */
const NO_SUCH_NAME = 2;

/** The SNMP sessions of authors: `context.snmp`. */
export const AUTHOR_SNMP: Shared<SnmpSessions> = {
  name: "SNMP of authors",
  create({ shared }) {
    const sessions = shared(SESSIONS);
    const resolver = shared(RESOLVER);
    const open = (agent: SnmpAgent, signal: AbortSignal) => openAgent(agent, { sessions, resolver, signal });
    return {
      get: async (agent, oids, signal) => get(await open(agent, signal), oids.map(oidOf)),
      walk: async (agent, oid, signal) => walk(await open(agent, signal), oidOf(oid)),
      // The sessions are a shared value themselves.
      [Symbol.dispose]() {},
    };
  },
};

/** Asks one agent. Rejects with a CheckFailure that names it. */
interface OpenAgent {
  readonly ask: (oids: readonly Oid[], isNext: boolean) => Promise<readonly Varbind[]>;
  readonly fail: (what: string, state?: SnmpAgent["failure"]) => CheckFailure;
}

interface Asked {
  readonly sessions: Sessions;
  readonly resolver: Resolver;
  readonly signal: AbortSignal;
}

async function openAgent(agent: SnmpAgent, { sessions, resolver, signal }: Asked): Promise<OpenAgent> {
  const { host, port = PORT, failure = CRITICAL, timeout = TIMEOUT, retries = RETRIES } = agent;
  const fail = (what: string, state = failure) =>
    new CheckFailure(`${STATE_NAMES[state]} - ${host}: ${what}`, state);
  const credentials = credentialsOf(agent);
  if (credentials === undefined) throw fail(WRONG_LOGIN, UNKNOWN);
  const found = await findAddress(host, resolver, signal);
  if (found === undefined) throw fail("the host is unknown");
  const asked: AgentAddress = { ...found, port };
  return {
    fail,
    async ask(oids, isNext) {
      const request = { oids, isNext, timeoutMs: timeout * 1000, retries };
      const reply = await sessions.ask({ agent: asked, credentials, request }, signal);
      if (reply.kind !== "answered") throw fail(describeFailure(reply));
      const { errorStatus, varbinds } = reply.pdu;
      if (errorStatus === NO_SUCH_NAME) return [];
      if (errorStatus !== 0) throw fail(`the agent answers with SNMP error ${errorStatus}`);
      return varbinds;
    },
  };
}

async function get({ ask, fail }: OpenAgent, oids: readonly Oid[]): Promise<readonly SnmpObject[]> {
  const varbinds = await ask(oids, false);
  return oids.map((oid, at) => {
    const varbind = varbinds[at];
    const object = varbind?.oid === oid ? readObject(varbind) : undefined;
    if (object === undefined) throw fail(`there is no object ${oid}`, UNKNOWN);
    return object;
  });
}

async function walk({ ask, fail }: OpenAgent, root: Oid): Promise<readonly SnmpObject[]> {
  const objects: SnmpObject[] = [];
  let last = root;
  for (;;) {
    const [varbind] = await ask([last], true);
    const isBelow = varbind?.oid.startsWith(`${root}.`) === true && varbind.type !== TYPES.endOfMibView;
    const object = isBelow ? readObject(varbind) : undefined;
    if (object === undefined) return objects;
    if (!isAfter(object.oid, last)) throw fail(`the agent gives ${object.oid} after ${last}`, UNKNOWN);
    if (objects.length === MAX_OBJECTS)
      throw fail(`there are more than ${MAX_OBJECTS} objects below ${root}`, UNKNOWN);
    objects.push(object);
    last = object.oid;
  }
}

function isAfter(oid: Oid, before: Oid): boolean {
  const [numbers, others] = [oid, before].map((each) => each.split(".").map(Number));
  for (const [at, number] of (numbers ?? []).entries()) {
    const other = others?.[at] ?? -1;
    if (number !== other) return number > other;
  }
  return false;
}

function oidOf(text: string): Oid {
  const oid = readOid(text);
  if (oid === undefined) throw new TypeError(`${text} is no OID of numbers, such as 1.3.6.1.2.1.1.3.0`);
  return oid;
}

const WRONG_LOGIN =
  "the SNMP login is not understood: a community, or a user with known protocols and passwords of eight characters at least";

function credentialsOf(agent: SnmpAgent): Credentials | undefined {
  const none = { context: undefined, secname: undefined, authpasswd: undefined, privpasswd: undefined };
  const common = { ...none, community: "", seclevel: "noAuthNoPriv", authproto: "", privproto: "" };
  if ("community" in agent) {
    const { version = "2c", community } = agent;
    return readCredentials({ ...common, protocol: version, community: toBytes(community) });
  }
  const { user, context, authentication, privacy } = agent;
  if (privacy !== undefined && authentication === undefined) return undefined;
  return readCredentials({
    ...common,
    protocol: "3",
    secname: toBytes(user),
    context: context && toBytes(context),
    ...(authentication && {
      seclevel: privacy === undefined ? "authNoPriv" : "authPriv",
      authproto: authentication.protocol,
      authpasswd: toBytes(authentication.password),
    }),
    ...(privacy && { privproto: privacy.protocol, privpasswd: toBytes(privacy.password) }),
  });
}

/** A word of the command line is bytes already; a text of the check's source may be Unicode. */
function toBytes(text: string): string {
  return /[^\0-\xff]/.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text;
}

function describeFailure(reply: Exclude<SnmpReply, { kind: "answered" }>): string {
  switch (reply.kind) {
    case "silent":
      return "no SNMP answer";
    case "reported":
      return `the agent refuses: ${reply.report}`;
    case "garbled":
      return "an SNMP answer that cannot be read";
    case "unsent":
      return `the question could not be sent: ${reply.error.message}`;
  }
}
