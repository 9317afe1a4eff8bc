import type { State } from "../state.ts";

/** How an SNMPv3 user is known. Passwords have eight characters at least. */
export interface SnmpUser {
  readonly user: string;
  readonly context?: string;
  /** `MD5`, `SHA`, `SHA-224`, `SHA-256`, `SHA-384` or `SHA-512`. */
  readonly authentication?: { readonly protocol: string; readonly password: string };
  /** `DES`, `AES`, `AES-192` or `AES-256`; it needs `authentication`. */
  readonly privacy?: { readonly protocol: string; readonly password: string };
}

/** Whom to ask, and how: with a community (version 2c unless `version` is `1`), or as a user (version 3). */
export type SnmpAgent = SnmpAddress &
  ({ readonly community: string; readonly version?: "1" | "2c" } | SnmpUser);

interface SnmpAddress {
  /** A name or an address; an IPv6 address stands in brackets. */
  readonly host: string;
  /** 161 by default. */
  readonly port?: number;
  /** Seconds until a question is sent again; 2 by default. The time of the check is a limit in any case. */
  readonly timeout?: number;
  /** How many times a question is sent again; 2 by default. */
  readonly retries?: number;
  /** The state of the answer when the agent says nothing or refuses; CRITICAL by default. */
  readonly failure?: State;
}

/** One object of an agent. */
export interface SnmpObject {
  /** Numbers with dots between them: `1.3.6.1.2.1.1.3.0`. */
  readonly oid: string;
  readonly type:
    | "integer"
    | "octets"
    | "null"
    | "oid"
    | "address"
    | "counter"
    | "gauge"
    | "ticks"
    | "opaque"
    | "counter64";
  /** Octets are read as UTF-8. */
  readonly text: string;
  /**
   * Hundredths of a second of ticks; NaN where the value is no number, which `report` and `values` refuse. Of
   * a Counter64 above 2^53 the last digits are rounded.
   */
  readonly number: number;
  /** Of octets and opaque values; of others empty. */
  readonly bytes: Uint8Array;
}

/**
 * Asks SNMP agents: `context.snmp`. Sessions are kept for the next run, so an SNMPv3 engine is asked for its
 * name and clock once. What fails is a `CheckFailure` that names the host: `CRITICAL - switch1: no SNMP
 * answer`. So it needs no `catch`.
 */
export interface Snmp {
  /** The objects with these OIDs, in the same order. An object that is not there fails as UNKNOWN. */
  readonly get: <const Oids extends readonly string[]>(
    agent: SnmpAgent,
    oids: Oids,
  ) => Promise<{ readonly [At in keyof Oids]: SnmpObject }>;
  /**
   * All objects below an OID, in the order of the agent, ten thousand at most. There may be none. Each takes
   * a question of its own (GETNEXT).
   */
  readonly walk: (agent: SnmpAgent, oid: string) => Promise<readonly SnmpObject[]>;
}
