import { type Failure, readFailure, upToNul, WRONG_HOST_INFO } from "../libmariadb/failure.ts";
import { HEADER } from "./packet-framer.ts";

/** The protocol's numbers of commands. */
export const [QUIT, QUERY, STATISTICS, PING] = [1, 3, 9, 14] as const;

/** A packet with a command. The text is a byte string. */
export function encodeCommand(code: number, text: string): Buffer {
  const packet = Buffer.allocUnsafe(HEADER + 1 + text.length);
  packet.writeUIntLE(1 + text.length, 0, 3);
  packet[3] = 0;
  packet[HEADER] = code;
  packet.write(text, HEADER + 1, "latin1");
  return packet;
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
