import { once } from "node:events";
import type { Socket } from "node:net";
import { CheckDeclined } from "../../../sdk/index.ts";
import { isReadReset, ServerGone } from "../../transport/databases/server-stream.ts";
import { ForeignLogin } from "./foreign-logins.ts";
import { HEADER, MAX_PACKET } from "./packet-framer.ts";

/** The first packet of a server, with its header. */
export interface Greeting {
  readonly bytes: Buffer;
  readonly protocol: number;
  readonly hasTls: boolean;
  /** MariaDB does not say that it is MySQL. */
  readonly isMariadb: boolean;
  /** The capabilities of MariaDB alone; 0 for other servers. */
  readonly extended: number;
}

const PROTOCOL = 10;
const NATIVE_PASSWORD = "mysql_native_password";
/** Capabilities of a server and a client. */
const [CLIENT_MYSQL, CONNECT_WITH_DB, CLIENT_SSL, PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH] = [
  0x1, 0x8, 0x800, 0x200, 0x8000, 0x80000,
];
const SCRAMBLE = 20;
/** The one of `MARIADB_CLIENT_EXTENDED_METADATA`. */
const EXTENDED_METADATA = 0x8;
/** The other capabilities that the driver sends, with TLS. */
const CLIENT_FLAGS = 0xbeaa84;
const CHARACTER_SET = 45;

/**
 * Waits for a server's first packet, and leaves the socket paused. Rejects with a ServerGone or a
 * CheckDeclined; the caller ends the wait by destroying the socket.
 */
export async function readFirstPacket(socket: Socket): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (;;) {
    const all = Buffer.concat(pieces);
    const size = all.length < HEADER ? undefined : HEADER + all.readUIntLE(0, 3);
    // libmariadb takes both for the end of the connection.
    if (size !== undefined && (size === HEADER || size > MAX_PACKET)) throw new ServerGone("closed");
    if (size !== undefined && all.length > size) throw new CheckDeclined("words that came before the login");
    if (all.length === size) return all;
    pieces.push(await readPiece(socket));
  }
}

async function readPiece(socket: Socket): Promise<Buffer> {
  const stopping = new AbortController();
  const until = (name: string) => once(socket, name, { signal: stopping.signal });
  const events = [until("data"), until("end").then(() => []), until("close").then(() => ["closed"])];
  for (const each of events) each.catch(() => {});
  socket.resume();
  try {
    const [data] = await Promise.race(events);
    if (data === "closed") throw new ServerGone("broken");
    if (data === undefined) throw new ServerGone("closed");
    return data;
  } catch (error) {
    if (error instanceof ServerGone) throw error;
    throw new ServerGone(isReadReset(error) ? "closed" : "broken", error);
  } finally {
    socket.pause();
    stopping.abort();
  }
}

/**
 * Reads a server's first packet. Declines a server that the driver would greet in another way than
 * libmariadb does.
 */
export function readGreeting(bytes: Buffer): Greeting {
  const packet = bytes.subarray(HEADER);
  const protocol = packet.readUInt8(0);
  if (protocol < PROTOCOL) return { bytes, protocol, hasTls: false, isMariadb: false, extended: 0 };
  const end = packet.indexOf(0, 1);
  const rest = end < 0 ? Buffer.alloc(0) : packet.subarray(end + 1);
  if (rest.length < 44) throw new CheckDeclined("a greeting that only libmariadb reads");
  const capabilities = rest.readUInt16LE(13) + rest.readUInt16LE(18) * 0x10000;
  const scramble = rest.readUInt8(20);
  const method = rest.toString("latin1", 31 + SCRAMBLE - 8 + 1).replace(/\0.*$/s, "");
  const needed = [PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH, CONNECT_WITH_DB];
  const isUsual = needed.every((flag) => capabilities & flag) && scramble === SCRAMBLE + 1;
  if (protocol > PROTOCOL || !isUsual || method !== NATIVE_PASSWORD) throw new ForeignLogin();
  const isMariadb = (capabilities & CLIENT_MYSQL) === 0;
  const extended = isMariadb ? rest.readUInt32LE(27) : 0;
  return { bytes, protocol, hasTls: (capabilities & CLIENT_SSL) !== 0, isMariadb, extended };
}

/** The request for TLS. The driver's answer to the greeting has to begin with the same bytes. */
export function renderTlsRequest({ extended }: Greeting, hasDatabase: boolean): Buffer {
  const metadata = extended & EXTENDED_METADATA;
  const request = Buffer.alloc(HEADER + 32);
  request.writeUIntLE(request.length - HEADER, 0, 3);
  request.writeUInt8(1, 3);
  const flags = CLIENT_FLAGS | (hasDatabase ? CONNECT_WITH_DB : 0) | (metadata === 0 ? CLIENT_MYSQL : 0);
  request.writeUInt32LE(flags, HEADER);
  request.writeUInt8(CHARACTER_SET, HEADER + 8);
  request.writeUInt32LE(metadata, HEADER + 28);
  return request;
}
