import type { Socket } from "node:net";
import { CheckDeclined } from "../../sdk/index.ts";
import { type Peer, StreamPeer } from "../transport/peer.ts";
import {
  FIXED_REST,
  HEADER_SIZE,
  isIntact,
  type PacketVersion,
  type ReceivedPacket,
  readHeader,
  readReturnCode,
  readText,
} from "./packet.ts";
import type { Printed } from "./printed.ts";

/** Where to read from, and what is read. */
export interface ReplySource {
  readonly socket: Socket;
  readonly peer: Peer;
  readonly usesTls: boolean;
  /** The version of the query: the reply must have the same. */
  readonly version: PacketVersion;
  readonly printed: Printed;
}

export function createSource(
  socket: Socket,
  rest: Pick<ReplySource, "usesTls" | "version" | "printed">,
): ReplySource {
  return { ...rest, socket, peer: new StreamPeer(socket, { hasRecords: rest.usesTls }) };
}

/** Bytes of the longest text. */
const MAX_LENGTH = 65_536;

/** Reads a packet. Undefined: there is none, and why is printed. Later versions say so less often. */
export async function readPacket(source: ReplySource): Promise<ReceivedPacket | undefined> {
  const { version, printed } = source;
  const header = await readStart(source);
  if (header === undefined) return undefined;
  const { version: answered, isResponse } = readHeader(header);
  if (answered !== version) printed.line("CHECK_NRPE: Invalid packet version received from server.");
  else if (!isResponse) printed.line("CHECK_NRPE: Invalid packet type received from server.");
  if (answered !== version || !isResponse) return undefined;
  const length = version === 2 ? FIXED_REST : await readLength(source);
  const rest = length === undefined ? undefined : await readRest(source, length);
  return rest && { version, header, rest };
}

/** Reads the header. Over TLS it must come in one record, because the plugin reads once. */
async function readStart(source: ReplySource): Promise<Buffer | undefined> {
  const { usesTls, version, printed } = source;
  const { bytes, code } = usesTls ? await readOnce(source, HEADER_SIZE) : await readAll(source, HEADER_SIZE);
  if (bytes.length === HEADER_SIZE) return bytes;
  if (version === 2 || (version === 3 && !usesTls)) {
    printed.line(`CHECK_NRPE: Receive header underflow - only ${code} bytes received (4 expected).`);
  }
  return undefined;
}

/** Reads the two empty bytes and the length of the text. The plugin says nothing if it fails. */
async function readLength(source: ReplySource): Promise<number | undefined> {
  const read = (size: number) => (source.usesTls ? readOnce(source, size) : readAll(source, size));
  for (const size of [2, 4]) {
    const { bytes } = await read(size);
    if (bytes.length === 0 || (!source.usesTls && bytes.length < size)) return undefined;
    if (bytes.length < size) throw new CheckDeclined("the length of a packet came in two TLS records");
    if (size === 4) return toLength(bytes);
  }
  return undefined;
}

function toLength(bytes: Buffer): number | undefined {
  const length = bytes.readInt32BE();
  return length < 0 || length > MAX_LENGTH ? undefined : length;
}

async function readRest(source: ReplySource, size: number): Promise<Buffer | undefined> {
  const { bytes, code } = await readAll(source, size);
  if (source.usesTls) return await readTlsRest(source, { bytes, code, size });
  if (bytes.length === size && size > 0) return bytes;
  if (size > 0) source.printed.line(underflow("Receive underflow - only", code));
  return undefined;
}

/**
 * The plugin reads on over TLS until the daemon says or ends something. Its answer does not count if the
 * connection breaks then.
 */
async function readTlsRest(
  source: ReplySource,
  { bytes, code, size }: Received & { readonly size: number },
): Promise<Buffer | undefined> {
  if (bytes.length === size) return (await readOnce(source, 1)).code < 0 ? undefined : bytes;
  const { printed, version } = source;
  const words = version === 2 ? "Receive underflow - only" : "Receive buffer size -";
  printed.line(underflow(words, bytes.length));
  return code < 0 || bytes.length !== size ? undefined : bytes;
}

function underflow(words: string, count: number): string {
  return `CHECK_NRPE: ${words} ${count} bytes received (4 expected).`;
}

interface Received {
  readonly bytes: Buffer;
  /** What the plugin's last read gave: a number of bytes, 0 at the end, -1 if the connection broke. */
  readonly code: number;
}

async function readOnce({ socket, peer }: ReplySource, size: number): Promise<Received> {
  const bytes = Buffer.from(await peer.receive(size), "latin1");
  return { bytes, code: bytes.length > 0 ? bytes.length : endCode(socket) };
}

async function readAll(source: ReplySource, size: number): Promise<Received> {
  const pieces: Buffer[] = [];
  let missing = size;
  while (missing > 0) {
    const { bytes, code } = await readOnce(source, missing);
    if (code <= 0) return { bytes: Buffer.concat(pieces), code };
    pieces.push(bytes);
    missing -= bytes.length;
  }
  return { bytes: Buffer.concat(pieces), code: size };
}

/** For OpenSSL an alert is an end as well. */
function endCode({ errored }: Socket): number {
  return errored === null || /\balert\b/i.test(errored.message) ? 0 : -1;
}

/** The plugin's UNKNOWN, where it has a packet but no answer. */
const UNUSABLE = 3;
/** What an old NSClient++ answers to a version it does not know. */
const UNKNOWN_VERSION = "Invalid packet version.3";

/**
 * Prints what a packet says. Gives the plugin's return code. Undefined: another version has to be tried.
 */
export function printPacket(packet: ReceivedPacket, printed: Printed): number | undefined {
  if (!isIntact(packet)) {
    printed.line("CHECK_NRPE: Response packet had invalid CRC32.");
    return UNUSABLE;
  }
  const text = readText(packet);
  if (packet.version === 2 && text.includes(UNKNOWN_VERSION)) return undefined;
  const isEmpty = packet.version === 2 ? text === "" : packet.rest.length === 0;
  printed.line(isEmpty ? "CHECK_NRPE: No output returned from daemon." : text);
  const code = readReturnCode(packet);
  return code === -1 ? undefined : code;
}
