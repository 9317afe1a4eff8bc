import { type Failure, readFailure, upToNul, WRONG_HOST_INFO } from "../libmariadb/failure.ts";
import { HEADER } from "./packet-framer.ts";

/** The protocol's numbers of commands. */
export const [QUIT, QUERY, STATISTICS, PING] = [1, 3, 9, 14] as const;

/** A command: its number, and a byte string. */
export type Command = readonly [code: number, text: string];

/** Packets with a command each, one after the other, as they are sent. */
export function encodeCommands(...commands: readonly Command[]): Buffer {
  const bytes = Buffer.allocUnsafe(commands.reduce((sum, [, { length }]) => sum + HEADER + 1 + length, 0));
  let at = 0;
  for (const [code, text] of commands) {
    bytes.writeUIntLE(1 + text.length, at, 3);
    bytes[at + 3] = 0;
    bytes[at + HEADER] = code;
    bytes.write(text, at + HEADER + 1, "latin1");
    at += HEADER + 1 + text.length;
  }
  return bytes;
}

/** The server's statistics in its own words, or why there are none. */
export type Statistics =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "failed"; readonly failure: Failure };

const ERROR = 0xff;

/** Reads the packet that answers STATISTICS. */
export function readStatistics(packet: Buffer): Statistics {
  if (packet[0] === ERROR) {
    const failure = readFailure(packet);
    if (failure === undefined) throw new Error("an error that only clients give");
    return { kind: "failed", failure };
  }
  const text = upToNul(packet.toString("latin1"));
  return text === "" ? { kind: "failed", failure: WRONG_HOST_INFO } : { kind: "text", text };
}
