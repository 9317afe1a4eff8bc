import { createServer, type Server, type Socket } from "node:net";

/** Requests that come in place of a login: TLS, and Kerberos. Both are declined. */
const SPECIAL = [80_877_103, 80_877_104];
const MOST = 65_536;

/**
 * A server that speaks as much of PostgreSQL's protocol (version 3) as a check needs: it lets everybody in,
 * and answers each query with one number.
 */
export function createDatabaseServer(answer: (query: string) => number): Server {
  return createServer((socket) => {
    let bytes = Buffer.alloc(0);
    let isLoggedIn = false;
    socket.on("data", (more: Buffer) => {
      bytes = Buffer.concat([bytes, more]);
      for (let size = messageSize(bytes, isLoggedIn); size <= bytes.length; ) {
        const message = bytes.subarray(0, size);
        bytes = bytes.subarray(size);
        if (isLoggedIn) perform(socket, message, answer);
        else isLoggedIn = welcome(socket, message);
        size = messageSize(bytes, isLoggedIn);
      }
      if (bytes.length > MOST) socket.destroy();
    });
  });
}

/** The messages before the login have no letter in front. Infinity: not enough has come to tell. */
function messageSize(bytes: Buffer, isLoggedIn: boolean): number {
  const at = isLoggedIn ? 1 : 0;
  if (bytes.length < at + 4) return Number.POSITIVE_INFINITY;
  return at + Math.max(4, bytes.readUInt32BE(at));
}

/** Returns whether this was the login. */
function welcome(socket: Socket, message: Buffer): boolean {
  if (message.length === 8 && SPECIAL.includes(message.readUInt32BE(4))) {
    socket.write("N");
    return false;
  }
  const settings = [
    ["server_version", "15.8"],
    ["server_encoding", "UTF8"],
    ["client_encoding", "UTF8"],
    ["standard_conforming_strings", "on"],
  ];
  socket.write(
    Buffer.concat([
      packet("R", int32(0)),
      ...settings.map(([name, value]) => packet("S", Buffer.from(`${name}\0${value}\0`))),
      packet("K", int32(1), int32(1)),
      READY,
    ]),
  );
  return true;
}

function perform(socket: Socket, message: Buffer, answer: (query: string) => number): void {
  const letter = String.fromCharCode(message[0] ?? 0);
  if (letter === "X") socket.end();
  if (letter !== "Q") return;
  const query = message.toString("utf8", 5, message.length - 1);
  socket.write(query.trim() === "" ? Buffer.concat([packet("I"), READY]) : renderNumber(answer(query)));
}

const BIGINT = 20;
const BIGINT_SIZE = 8;

/** A table of one column and one row. */
function renderNumber(value: number): Buffer {
  const text = Buffer.from(String(value));
  const column = [int32(0), int16(0), int32(BIGINT), int16(BIGINT_SIZE), int32(-1), int16(0)];
  return Buffer.concat([
    packet("T", int16(1), Buffer.from("count\0"), ...column),
    packet("D", int16(1), int32(text.length), text),
    packet("C", Buffer.from("SELECT 1\0")),
    READY,
  ]);
}

function packet(letter: string, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from(letter), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

/** Ready for a query, outside of a transaction. */
const READY = packet("Z", Buffer.from("I"));
