/** What we use of net-snmp, which comes without types. */
declare module "net-snmp" {
  import type { KeyObject } from "node:crypto";
  import type { EventEmitter } from "node:events";

  /** An answer as decoded: error status and index are 0 where nothing is wrong. */
  export interface Pdu {
    readonly errorStatus: number;
    readonly errorIndex: number;
    readonly varbinds: readonly { readonly oid: string; readonly type: number; readonly value: unknown }[];
  }

  export interface Message {
    readonly pdu: Pdu;
    /** SNMPv3 alone has it; of the flags, 1 is signed and 2 encrypted. */
    readonly msgGlobalData?: { readonly msgFlags: number };
  }

  type Answered = (error: Error | null, answer?: unknown) => void;

  interface Request {
    readonly responseCb: Answered;
  }

  export interface Session extends EventEmitter {
    timeout: number;
    retries: number;
    /** Known once the engine of an SNMPv3 target is. */
    readonly msgSecurityParameters?: object;
    /** What a session does with an answer; not in its documentation. */
    onSimpleGetResponse: (request: Request, message: Message) => void;
    get(oids: readonly string[], answered: Answered): void;
    getNext(oids: readonly string[], answered: Answered): void;
    cancelRequests(error: Error): void;
  }

  /** The part of a socket of node:dgram sessions make use of. */
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

  export interface PrivacyAlgorithm {
    localizationAlgorithm: (
      algorithm: PrivacyAlgorithm,
      protocol: number,
      password: string,
      engine: Buffer,
    ) => Buffer | KeyObject;
  }

  export interface NetSnmp {
    readonly Version1: number;
    readonly Version2c: number;
    readonly Version3: number;
    createSession(address: string, community: string, options: SessionOptions): Session;
    createV3Session(address: string, user: User, options: SessionOptions): Session;
    readonly SecurityLevel: Readonly<Record<string, number>>;
    readonly AuthProtocols: Readonly<Record<string, number>>;
    readonly PrivProtocols: Readonly<Record<string, number>>;
    /** How keys are derived and used; meant for its tests. */
    readonly Authentication: {
      passwordToKey: (protocol: number, password: string | Buffer, engine: Buffer) => Buffer;
      calculateDigest: (message: Buffer, protocol: number, password: string, engine: Buffer) => Buffer;
      readonly algorithms: Readonly<
        Record<number, { readonly CRYPTO_ALGORITHM: string; readonly AUTHENTICATION_CODE_LENGTH: number }>
      >;
    };
    readonly Encryption: { readonly algorithms: Readonly<Record<number, PrivacyAlgorithm>> };
  }

  const netSnmp: NetSnmp;
  export default netSnmp;
}
