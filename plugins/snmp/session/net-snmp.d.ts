/** Types for the part of net-snmp that is used here. The package has none. */
declare module "net-snmp" {
  import type { KeyObject } from "node:crypto";
  import type { EventEmitter } from "node:events";

  /** A decoded answer. Error status and index are 0 where nothing is wrong. */
  export interface Pdu {
    readonly errorStatus: number;
    readonly errorIndex: number;
    readonly varbinds: readonly { readonly oid: string; readonly type: number; readonly value: unknown }[];
  }

  export interface Message {
    readonly pdu: Pdu;
    /** Only SNMPv3 has it. Flag 1 means signed, flag 2 encrypted. */
    readonly msgGlobalData?: { readonly msgFlags: number };
  }

  type Answered = (error: Error | null, answer?: unknown) => void;

  interface Request {
    readonly responseCb: Answered;
  }

  export interface Session extends EventEmitter {
    timeout: number;
    retries: number;
    /** Present when the engine of an SNMPv3 agent is known. */
    readonly msgSecurityParameters?: object;
    /** What a session does with an answer. It is not documented. */
    onSimpleGetResponse: (request: Request, message: Message) => void;
    get(oids: readonly string[], answered: Answered): void;
    getNext(oids: readonly string[], answered: Answered): void;
    cancelRequests(error: Error): void;
  }

  /** The part of a node:dgram socket that a session uses. */
  export interface SessionSocket {
    on(event: "message" | "close" | "error", listener: (message: Buffer) => void): void;
    send(
      message: Buffer,
      offset: number,
      length: number,
      port: number,
      address: string,
      sent: (error: Error | null) => void,
    ): void;
    close(): void;
    ref(): void;
    unref(): void;
  }

  export interface SessionOptions {
    readonly port: number;
    readonly version: number;
    readonly engineID: Buffer;
    readonly context?: string;
    readonly dgramModule: { readonly createSocket: () => SessionSocket };
  }

  export interface User {
    readonly name: string;
    readonly level: number;
    readonly authProtocol?: number;
    readonly authKey?: string;
    readonly privProtocol?: number;
    readonly privKey?: string;
  }

  export interface Engine {
    readonly engineID: Buffer;
  }

  export interface PrivacyAlgorithm {
    readonly CRYPTO_ALGORITHM: string;
    readonly KEY_LENGTH: number;
    encryptPdu(
      pdu: Buffer,
      privacy: number,
      password: string,
      protocol: number,
      engine: Engine,
    ): { readonly encryptedPdu: Buffer; readonly msgPrivacyParameters: Buffer };
    decryptPdu(
      pdu: Buffer,
      privacy: number,
      salt: Buffer,
      password: string,
      protocol: number,
      engine: Engine,
    ): Buffer;
    localizationAlgorithm: (
      algorithm: PrivacyAlgorithm,
      protocol: number,
      password: string,
      engine: Buffer,
    ) => Buffer | KeyObject;
  }

  /** The part of a node:dgram socket that an agent uses. */
  export interface AgentSocket {
    on(event: "message" | "error", listener: (...facts: unknown[]) => void): void;
    bind(): void;
    send(
      message: Buffer,
      offset: number,
      length: number,
      port: number,
      address: string,
      sent: (error: Error | null) => void,
    ): void;
    close(): void;
  }

  export interface AgentOptions {
    readonly accessControlModelType: number;
    readonly dgramModule: { readonly createSocket: () => AgentSocket };
  }

  export interface MibProvider {
    readonly name: string;
    readonly oid: string;
    readonly type: number;
    readonly scalarType?: number;
    readonly maxAccess?: number;
    readonly tableColumns?: readonly {
      readonly number: number;
      readonly name: string;
      readonly type: number;
      readonly maxAccess: number;
    }[];
    readonly tableIndex?: readonly { readonly columnNumber: number }[];
    /** Called for each request of an object, before it is answered. */
    readonly handler?: (request: { readonly done: () => void }) => void;
  }

  export interface Agent {
    getAuthorizer(): { addCommunity(community: string): void; addUser(user: User): void };
    getMib(): {
      registerProvider(provider: MibProvider): void;
      setScalarValue(name: string, value: number | string): void;
      addTableRow(name: string, row: readonly (number | string)[]): void;
    };
  }

  export interface NetSnmp {
    createAgent(options: AgentOptions, told: (error: Error | null) => void): Agent;
    readonly MibProviderType: Readonly<Record<string, number>>;
    readonly ObjectType: Readonly<Record<string, number>>;
    readonly MaxAccess: Readonly<Record<string, number>>;
    readonly Version1: number;
    readonly Version2c: number;
    readonly Version3: number;
    createSession(address: string, community: string, options: SessionOptions): Session;
    createV3Session(address: string, user: User, options: SessionOptions): Session;
    readonly SecurityLevel: Readonly<Record<string, number>>;
    readonly AuthProtocols: Readonly<Record<string, number>>;
    readonly PrivProtocols: Record<string, number>;
    /** How keys are derived and used. net-snmp exports it for its own tests. */
    readonly Authentication: {
      passwordToKey: (protocol: number, password: string | Buffer, engine: Buffer) => Buffer;
      calculateDigest: (message: Buffer, protocol: number, password: string, engine: Buffer) => Buffer;
      readonly algorithms: Readonly<
        Record<number, { readonly CRYPTO_ALGORITHM: string; readonly AUTHENTICATION_CODE_LENGTH: number }>
      >;
    };
    readonly Encryption: { readonly algorithms: Record<number, PrivacyAlgorithm> };
  }

  const netSnmp: NetSnmp;
  export default netSnmp;
}
