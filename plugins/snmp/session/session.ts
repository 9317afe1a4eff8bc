import type { Message, NetSnmp, Pdu, Session, SessionOptions, SessionSocket } from "net-snmp";
import type { Access, Level, UserAccess } from "./credentials.ts";
import { keepKeys } from "./key-cache.ts";
import type { Oid } from "./oid.ts";
import type { Family, Line, Wires } from "./shared-sockets.ts";

/** The only door to net-snmp. */

/** Where to ask. */
export interface Target {
  readonly address: string;
  readonly family: Family;
  readonly port: number;
}

/** What to ask, and how often. */
export interface Question {
  readonly oids: readonly Oid[];
  /** GETNEXT instead of GET. */
  readonly isNext: boolean;
  /** How long to wait before the question is repeated, or given up. */
  readonly timeoutMs: number;
  readonly retries: number;
}

/** What came of it. */
export type Reply =
  | { readonly kind: "answered"; readonly pdu: Pdu }
  /** Nothing came. `isEngineKnown` is false where an SNMPv3 target has not even told its engine. */
  | { readonly kind: "silent"; readonly isEngineKnown: boolean }
  /** The target's SNMPv3 engine would not let us in: in net-snmp's words. */
  | { readonly kind: "reported"; readonly report: string }
  /** What came could not be made sense of. */
  | { readonly kind: "garbled" }
  | { readonly kind: "unsent"; readonly error: Error };

let loading: Promise<NetSnmp> | undefined;

/** Loads net-snmp, of which a process has one, and which is prepared once. */
export function loadNetSnmp(): Promise<NetSnmp> {
  loading ??= import("net-snmp").then(({ default: netSnmp }) => {
    keepKeys(netSnmp);
    return netSnmp;
  });
  return loading;
}

/** It is for agents; without one net-snmp draws random bytes for each session. */
const NO_ENGINE = Buffer.alloc(17);

/** A session with one target: one question at a time. */
export class SnmpSession {
  readonly #session: Session;
  readonly #line: Line;
  readonly #hasEngine: boolean;
  #settle: (reply: Reply) => void = () => {};

  constructor(netSnmp: NetSnmp, wires: Wires, target: Target, access: Access) {
    let listener: (message: Buffer) => void = () => {};
    this.#hasEngine = access.version === "3";
    this.#line = wires.openLine(target.family, {
      onMessage: (message) => this.#receive(message, listener),
      onUnsent: (error) => this.#fail({ kind: "unsent", error }),
    });
    const socket = createSessionSocket(this.#line, (each) => {
      listener = each;
    });
    this.#session = createSession(netSnmp, target, access, {
      port: target.port,
      engineID: NO_ENGINE,
      dgramModule: { createSocket: () => socket },
    });
    // About a message under our number that is no SNMP. Unheard, it would end the process.
    this.#session.on("error", () => this.#fail({ kind: "garbled" }));
    this.#session.onSimpleGetResponse = ({ responseCb }, message) => {
      // All of the answer, as it is: a status is data here, and an answer may have fewer objects than were asked for.
      if (isAsSecure(message, access)) responseCb(null, message.pdu);
      else this.#fail({ kind: "garbled" });
    };
  }

  ask({ oids, isNext, timeoutMs, retries }: Question): Promise<Reply> {
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

  /** An open question is answered as garbled. */
  close(): void {
    this.#fail({ kind: "garbled" });
    this.#line.close();
  }

  #receive(message: Buffer, listener: (message: Buffer) => void): void {
    try {
      listener(message);
    } catch {
      // An answer of another version or security than asked for makes net-snmp stumble.
      this.#fail({ kind: "garbled" });
    }
  }

  #fail(reply: Reply): void {
    this.#settle(reply);
    this.#session.cancelRequests(new Error("given up"));
  }

  #readFailure(error: Error): Reply {
    if (error.name === "RequestTimedOutError") {
      const isEngineKnown = !this.#hasEngine || this.#session.msgSecurityParameters !== undefined;
      return { kind: "silent", isEngineKnown };
    }
    return REPORTS.has(error.message) ? { kind: "reported", report: error.message } : { kind: "garbled" };
  }
}

function createSession(
  netSnmp: NetSnmp,
  { address }: Target,
  access: Access,
  options: Omit<SessionOptions, "version">,
): Session {
  switch (access.version) {
    case "1":
      return netSnmp.createSession(address, access.community, { ...options, version: netSnmp.Version1 });
    case "2c":
      return netSnmp.createSession(address, access.community, { ...options, version: netSnmp.Version2c });
    case "3":
      return netSnmp.createV3Session(address, createUser(netSnmp, access), {
        ...options,
        version: netSnmp.Version3,
        context: access.context,
      });
  }
}

function createUser(
  { SecurityLevel, AuthProtocols, PrivProtocols }: NetSnmp,
  { user, level, authentication, privacy }: UserAccess,
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

/** net-snmp looks at an answer's signature where it has one, and takes it without as well. */
function isAsSecure({ msgGlobalData }: Message, access: Access): boolean {
  if (access.version !== "3") return true;
  const flags = SECURITY_FLAGS[access.level];
  return ((msgGlobalData?.msgFlags ?? 0) & flags) === flags;
}

/** The socket net-snmp believes to have for itself. */
function createSessionSocket(
  line: Line,
  onListener: (listener: (message: Buffer) => void) => void,
): SessionSocket {
  return {
    on(event, listener) {
      if (event === "message") onListener(listener);
    },
    send(message, _offset, _length, port, address, sent) {
      // net-snmp waits for an answer only from here on, and it must wait before there can be one.
      sent(null);
      line.send(message, port, address);
    },
    close: () => line.close(),
    ref() {},
    unref() {},
  };
}

/** net-snmp's names of what an engine reports. */
const REPORTS: ReadonlySet<string> = new Set([
  "Unsupported Security Level",
  "Not In Time Window",
  "Unknown User Name",
  "Unknown Engine ID",
  "Wrong Digest (incorrect password, community or key)",
  "Decryption Error",
]);
