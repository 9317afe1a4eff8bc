import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * One request for each connection, all of it lines of JSON: the worker sends a Hello, the client a Request,
 * the worker a Reply.
 */
export const PROTOCOL = 2;

/** In bytes. A request is a command and a few words. */
export const MAX_REQUEST = 4_096;
/** In bytes. A status with ten thousand jobs under way has three million. */
export const MAX_REPLY = 64 * 1024 * 1024;

export interface Hello {
  readonly protocol: number;
  readonly version: string;
  readonly pid: number;
  /** The id of the user that the worker runs as. */
  readonly uid: number;
  /** 32 random bytes in hexadecimal digits, for the proof of one request. */
  readonly nonce: string;
  /** Who can read this file may do more than read. Undefined: nobody may. */
  readonly tokenFile?: string | undefined;
}

export interface Request {
  readonly command: string;
  readonly args: readonly string[];
  /** Of a command that changes something. */
  readonly proof?: string | undefined;
}

export type Reply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: string };

/**
 * Proves that the client knows the token. The token itself is never sent: another program may have taken the
 * socket's name. The proof is of this command only, and for the worker of this name: the other program may
 * pass on what it hears to another worker.
 */
export function prove(token: string, { nonce, name }: Challenge, request: Omit<Request, "proof">): string {
  const { command, args } = request;
  return createHmac("sha256", token)
    .update(JSON.stringify([nonce, name, command, args]))
    .digest("hex");
}

/** What a proof is for. */
interface Challenge extends Pick<Hello, "nonce"> {
  /** Of the socket that was asked, as `controlName` makes it. */
  readonly name: string;
}

export function isProof(given: string | undefined, expected: string): boolean {
  const [one, other] = [Buffer.from(given ?? ""), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
