/**
 * A small name server, and the program that runs it: `name-server.ts ADDRESS`. It prints a line when it
 * listens, and ends with its standard input.
 *
 * The beginning of a name says how it is answered: `silent…` never, `slow…` after six seconds, `far…` after
 * 50 ms. A name with `none` in it does not exist. `both…` has addresses of both families, any other name one
 * of IPv4.
 */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";

export const NAME_SERVER_PROGRAM = import.meta.filename;

const PORT = 53;
/** Each has a queue of its own in the kernel, so that a burst of questions is not dropped. */
const SOCKETS = 16;
const DELAYS_MS: readonly (readonly [beginning: string, ms: number])[] = [
  ["silent", Number.POSITIVE_INFINITY],
  ["slow", 6_000],
  ["far", 50],
];
const HEADER_LENGTH = 12;
const TYPES = { A: 1, AAAA: 28 } as const;
const NOT_THERE = 3;
const IPV4 = Buffer.from([127, 0, 0, 1]);
const IPV6 = Buffer.from([...Array(15).fill(0), 1]);

if (import.meta.main) {
  await listen(process.argv[2] ?? "");
  console.log("listening");
  process.stdin.on("end", () => process.exit()).resume();
}

/** Listens at port 53 of the address. */
async function listen(address: string): Promise<void> {
  const sockets = Array.from({ length: SOCKETS }, () => createSocket({ type: "udp4", reusePort: true }));
  for (const socket of sockets) {
    socket.on("message", (question, from) => answerLater(socket, question, from));
    socket.bind(PORT, address);
    await once(socket, "listening");
  }
}

function answerLater(socket: Socket, question: Buffer, { port, address }: RemoteInfo): void {
  const { name } = readQuestion(question);
  const [, delayMs = 0] = DELAYS_MS.find(([beginning]) => name.startsWith(beginning)) ?? [];
  if (delayMs === Number.POSITIVE_INFINITY) return;
  setTimeout(() => socket.send(answer(question), port, address), delayMs);
}

/** `end` is where the question section ends. */
function readQuestion(message: Buffer) {
  const labels: string[] = [];
  let at = HEADER_LENGTH;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function answer(message: Buffer): Buffer {
  const { name, type, end } = readQuestion(message);
  const isThere = !name.includes("none");
  const address = isThere ? addressOf(name, type) : undefined;
  const header = Buffer.alloc(HEADER_LENGTH);
  message.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (isThere ? 0 : NOT_THERE), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(address === undefined ? 0 : 1, 6);
  const section = message.subarray(HEADER_LENGTH, end);
  return Buffer.concat([header, section, ...(address === undefined ? [] : [record(type, address)])]);
}

function addressOf(name: string, type: number): Buffer | undefined {
  if (type === TYPES.A) return IPV4;
  return type === TYPES.AAAA && name.startsWith("both") ? IPV6 : undefined;
}

/** The name is a pointer to the question's. It may be kept for a minute. */
function record(type: number, address: Buffer): Buffer {
  const fields = Buffer.from([0xc0, HEADER_LENGTH, 0, type, 0, 1, 0, 0, 0, 60, 0, address.length]);
  return Buffer.concat([fields, address]);
}
