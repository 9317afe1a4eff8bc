import type { Socket } from "node:net";
import type { Serve } from "../../support/servers/fake-servers.ts";

/** A message of PostgreSQL's protocol: its letter, its length, its body. */
export function message(letter: string, body: Buffer | string): Buffer {
  const bytes = Buffer.from(body as string, "latin1");
  const head = Buffer.alloc(5);
  head.write(letter, "latin1");
  head.writeUInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

/** A request for a login of this kind: 0 is accepted, 3 a password in clear text. */
export function authentication(kind: number, rest = ""): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt32BE(kind);
  return message("R", Buffer.concat([body, Buffer.from(rest, "latin1")]));
}

export function error(fields: Readonly<Record<string, string>>): Buffer {
  const text = Object.entries(fields).map(([letter, value]) => `${letter}${value}\0`);
  return message("E", `${text.join("")}\0`);
}

export const READY = message("Z", "I");
export const ACCEPTED = Buffer.concat([authentication(0), message("S", "server_encoding\0UTF8\0"), READY]);

/** What a client may send: the request for TLS, the login, an empty query, another one, the end. */
type Heard = "tls" | "login" | "proof" | "query" | "end";

/** The answer to an empty query. */
export const NOTHING = Buffer.concat([message("I", ""), READY]);

/** A server that refuses TLS and answers what it hears as it is told. */
export function speaker(answers: Partial<Record<Heard, (socket: Socket, heard: string) => void>>): Serve {
  const all = {
    tls: (socket: Socket) => void socket.write("N"),
    proof: (socket: Socket) => void socket.write(NOTHING),
    ...answers,
  };
  return (socket) => {
    socket.on("error", () => {});
    socket.on("data", (data) => {
      for (const each of messagesOf(data)) all[kindOf(each)]?.(socket, each.toString("latin1"));
    });
  };
}

/** Queries may come together. What comes before them does not. */
function messagesOf(data: Buffer): readonly Buffer[] {
  if (data[0] !== 0x51) return [data];
  const end = 1 + data.readUInt32BE(1);
  return end < data.length ? [data.subarray(0, end), ...messagesOf(data.subarray(end))] : [data];
}

function kindOf(data: Buffer): Heard {
  const text = data.toString("latin1");
  if (text === "Q\0\0\0\x05\0") return "proof";
  if (text.startsWith("Q")) return "query";
  if (text.startsWith("X")) return "end";
  return text === "\0\0\0\x08\x04\xd2\x16\x2f" ? "tls" : "login";
}

/** Says this to a login, and lets every query succeed with one number. */
export function says(login: Buffer, result: Buffer = ONE): Serve {
  return speaker({ login: (socket) => socket.write(login), query: (socket) => socket.write(result) });
}

/** The answer to `select 1`. */
export const ONE = Buffer.concat([
  message("T", `\0\x01n\0${"\0".repeat(18)}`),
  message("D", "\0\x01\0\0\0\x011"),
  message("C", "SELECT 1\0"),
  READY,
]);
