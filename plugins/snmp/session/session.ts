import type { Message, NetSnmp, Pdu, Session, SessionOptions, SessionSocket } from "net-snmp";
import type { Credentials, Level, UserCredentials } from "./credentials.ts";
import { cacheKeys } from "./key-cache.ts";
import type { Oid } from "./oid.ts";
import { addPrivacy } from "./privacy.ts";
import type { Channel, SharedSockets, SocketFamily } from "./shared-sockets.ts";

/** The address and port of an SNMP agent. */
export interface AgentAddress {
  readonly address: string;
  readonly family: SocketFamily;
  readonly port: number;
}

/** What to ask an agent, and how often. */
export interface SnmpRequest {
  readonly oids: readonly Oid[];
  /** The request is GETNEXT instead of GET. */
  readonly isNext: boolean;
  /** How long to wait for an answer before the request is sent again, or given up. */
  readonly timeoutMs: number;
  readonly retries: number;
}

/** What became of a request. */
export type SnmpReply =
  | { readonly kind: "answered"; readonly pdu: Pdu }
  /** No answer came. `isEngineKnown` is false where an SNMPv3 agent has not even told its engine. */
  | { readonly kind: "silent"; readonly isEngineKnown: boolean }
  /** The agent's SNMPv3 engine refused the request. The report is in net-snmp's words. */
  | { readonly kind: "reported"; readonly report: string }
  /** An answer came that could not be read. */
  | { readonly kind: "garbled" }
  | { readonly kind: "unsent"; readonly error: Error };

let loading: Promise<NetSnmp> | undefined;

/** Loads net-snmp, adds ciphers to it, and replaces its handling of keys, once. No other file imports it. */
export function loadNetSnmp(): Promise<NetSnmp> {
  loading ??= import("net-snmp").then(({ default: netSnmp }) => {
    addPrivacy(netSnmp);
    cacheKeys(netSnmp);
    return netSnmp;
  });
  return loading;
}

/** Only an agent needs an engine. Without one net-snmp draws random bytes for each session. */
const NO_ENGINE = Buffer.alloc(17);

/** A session with one agent. It sends one request at a time. */
export class SnmpSession {
  readonly #session: Session;
  readonly #channel: Channel;
  readonly #hasEngine: boolean;
  #settle: (reply: SnmpReply) => void = () => {};

  constructor(netSnmp: NetSnmp, sockets: SharedSockets, agent: AgentAddress, credentials: Credentials) {
    let listener: (message: Buffer) => void = () => {};
    this.#hasEngine = credentials.version === "3";
    this.#channel = sockets.openChannel(agent.family, {
      onMessage: (message) => this.#receive(message, listener),
      onUnsent: (error) => this.#fail({ kind: "unsent", error }),
    });
    const socket = createSessionSocket(this.#channel, (each) => {
      listener = each;
    });
    this.#session = createSession(netSnmp, agent, credentials, {
      port: agent.port,
      engineID: NO_ENGINE,
      dgramModule: { createSocket: () => socket },
    });
    // Emitted for a message with our number that is not SNMP. An error without a listener would end the
    // process.
    this.#session.on("error", () => this.#fail({ kind: "garbled" }));
    this.#session.onSimpleGetResponse = ({ responseCb }, message) => {
      // The whole answer is taken: a status is data here, and an answer may have fewer objects than the
      // request.
      if (isAsSecure(message, credentials)) responseCb(null, message.pdu);
      else this.#fail({ kind: "garbled" });
    };
  }

  ask({ oids, isNext, timeoutMs, retries }: SnmpRequest): Promise<SnmpReply> {
    this.#session.timeout = timeoutMs;
    this.#session.retries = retries;
    return new Promise((resolve) => {
      this.#settle = resolve;
      const answered = (error: Error | null, answer?: unknown) =>
        resolve(error === null ? { kind: "answered", pdu: answer as Pdu } : this.#readFailure(error));
      if (isNext) this.#session.getNext(oids, answered);
      else this.#session.get(oids, answered);
    });
  }

  /** An open request is answered as garbled. */
  close(): void {
    this.#fail({ kind: "garbled" });
    this.#channel.close();
  }

  #receive(message: Buffer, listener: (message: Buffer) => void): void {
    try {
      listener(message);
    } catch {
      // net-snmp throws where an answer has another version or security than the request.
      this.#fail({ kind: "garbled" });
    }
  }

  #fail(reply: SnmpReply): void {
    this.#settle(reply);
    this.#session.cancelRequests(new Error("given up"));
  }

  #readFailure(error: Error): SnmpReply {
    if (error.name === "RequestTimedOutError") {
      const isEngineKnown = !this.#hasEngine || this.#session.msgSecurityParameters !== undefined;
      return { kind: "silent", isEngineKnown };
    }
    return REPORTS.has(error.message) ? { kind: "reported", report: error.message } : { kind: "garbled" };
  }
}

function createSession(
  netSnmp: NetSnmp,
  { address }: AgentAddress,
  credentials: Credentials,
  options: Omit<SessionOptions, "version">,
): Session {
  switch (credentials.version) {
    case "1":
      return netSnmp.createSession(address, credentials.community, { ...options, version: netSnmp.Version1 });
    case "2c":
      return netSnmp.createSession(address, credentials.community, {
        ...options,
        version: netSnmp.Version2c,
      });
    case "3":
      return netSnmp.createV3Session(address, createUser(netSnmp, credentials), {
        ...options,
        version: netSnmp.Version3,
        context: credentials.context,
      });
  }
}

function createUser(
  { SecurityLevel, AuthProtocols, PrivProtocols }: NetSnmp,
  { user, level, authentication, privacy }: UserCredentials,
) {
  return {
    name: user,
    level: SecurityLevel[level] ?? 1,
    ...(authentication && {
      authProtocol: AuthProtocols[authentication.protocol] ?? 0,
      authKey: authentication.password,
    }),
    ...(privacy && { privProtocol: PrivProtocols[privacy.protocol] ?? 0, privKey: privacy.password }),
  };
}

const SECURITY_FLAGS: Readonly<Record<Level, number>> = { noAuthNoPriv: 0, authNoPriv: 1, authPriv: 3 };

/** net-snmp verifies an answer's signature only where there is one, and accepts an answer without it. */
function isAsSecure({ msgGlobalData }: Message, credentials: Credentials): boolean {
  if (credentials.version !== "3") return true;
  const flags = SECURITY_FLAGS[credentials.level];
  return ((msgGlobalData?.msgFlags ?? 0) & flags) === flags;
}

/** Stands in for the socket that net-snmp would open for each session. */
function createSessionSocket(
  channel: Channel,
  onListener: (listener: (message: Buffer) => void) => void,
): SessionSocket {
  return {
    on(event, listener) {
      if (event === "message") onListener(listener);
    },
    send(message, _offset, _length, port, address, sent) {
      // net-snmp begins to wait for the answer in this callback, so it must be called before an answer can
      // come.
      sent(null);
      channel.send(message, port, address);
    },
    close: () => channel.close(),
    ref() {},
    unref() {},
  };
}

/** The names net-snmp gives to the reports of an engine. */
const REPORTS: ReadonlySet<string> = new Set([
  "Unsupported Security Level",
  "Not In Time Window",
  "Unknown User Name",
  "Unknown Engine ID",
  "Wrong Digest (incorrect password, community or key)",
  "Decryption Error",
]);
