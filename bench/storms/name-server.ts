import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

const HEADER = 12;
const TYPE_A = 1;
/** An answer, no error. */
const RESPONSE = 0x8580;
/** Its name is the one that was asked for; type A, class IN, for no time; 127.0.0.1. */
const ADDRESS = Buffer.from([0xc0, HEADER, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);

export interface NameServerOptions {
  readonly address: string;
  readonly port: number;
  readonly delayMs: number;
}

/** A name server that knows every name as 127.0.0.1, and takes its time. */
export async function startNameServer({ address, port, delayMs }: NameServerOptions): Promise<Socket> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
  socket.on("message", (query, from) => {
    setTimeout(() => socket.send(answer(query), from.port, from.address), delayMs);
  });
  socket.bind(port, address);
  await once(socket, "listening");
  return socket;
}

/** For every other type than A there is no record. */
function answer(query: Buffer): Buffer {
  const nameEnd = query.indexOf(0, HEADER);
  const question = query.subarray(HEADER, nameEnd + 5);
  const isAddress = query.readUInt16BE(nameEnd + 1) === TYPE_A;
  const header = Buffer.alloc(HEADER);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(RESPONSE, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(isAddress ? 1 : 0, 6);
  return Buffer.concat([header, question, ...(isAddress ? [ADDRESS] : [])]);
}
