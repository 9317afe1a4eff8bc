import { CRITICAL, type State } from "../../../sdk/index.ts";

/** An error as `mysql_errno` and `mysql_error` give it. The message is a byte string. */
export interface Failure {
  readonly code: number;
  readonly message: string;
}

/** There is no connection. The message is what `mysql_error` would give. */
export class ConnectionFailure extends Error {
  override readonly name = "ConnectionFailure";
  readonly state: State;
  /** The server does not accept user and password. */
  readonly isAccessDenied: boolean;

  constructor({ code, message }: Failure, state: State = CRITICAL) {
    super(message);
    this.state = state;
    this.isAccessDenied = code === ACCESS_DENIED;
  }
}

const ACCESS_DENIED = 1045;

export const UNKNOWN_ERROR: Failure = {
  code: 2000,
  message: "Unknown or undefined error code (2000)",
};
export const CANNOT_CONNECT_SOCKET = 2002;
export const CANNOT_CONNECT = 2003;
export const GONE_AWAY: Failure = { code: 2006, message: "Server has gone away" };
export const WRONG_HOST_INFO: Failure = { code: 2009, message: "Wrong host info" };
export const LOST: Failure = { code: 2013, message: "Lost connection to server during query" };
const CONNECTION_ERROR = 2002;

/** The connection ended in the middle of the login. */
export function lostAt(step: string, errno: number): Failure {
  return { code: LOST.code, message: `Lost connection to server at '${step}', system error: ${errno}` };
}

/** The server has refused the connection before TLS began. */
export function unverified({ code, message }: Failure): Failure {
  const text = `Received error packet before completion of TLS handshake. The authenticity of the following error cannot be verified: ${code} - ${message}`;
  return { code: CONNECTION_ERROR, message: text.slice(0, MAX_MESSAGE) };
}

/** Bytes of a message that libmariadb keeps. */
const MAX_MESSAGE = 511;
/** Bytes of the state, with the `#` before it. */
const SQLSTATE = 6;

/**
 * Reads a packet with an error. Undefined: its code is 0, one that only a client may give, or a report of
 * progress.
 */
export function readFailure(packet: Buffer): Failure | undefined {
  if (packet.length <= 3) return UNKNOWN_ERROR;
  const code = packet.readUInt16LE(1);
  if (code === 0 || code === 0xffff || (code >= 2000 && code < 2100) || (code >= 5000 && code < 5100))
    return undefined;
  const text = packet.toString("latin1", packet[3] === 0x23 ? 3 + SQLSTATE : 3);
  return { code, message: upToNul(text).slice(0, MAX_MESSAGE) };
}

/** A text as C sees it. */
export function upToNul(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}
