import { connect, type Socket } from "node:net";
import type { ServerAddress } from "./server-address.ts";

const KEEP_ALIVE_MS = 60_000;
const READ_BUFFER_LENGTH = 65_536;

export interface SocketUse {
  /** Data may be sent from now on: there is a connection and, with TLS, the server is the right one. */
  readonly onOpen: () => void;
  /** It is given a view on memory that the next chunk overwrites. */
  readonly onChunk: (chunk: Buffer) => void;
}

/** Begins to connect. */
export function openSocket({ host, port, tls }: ServerAddress, { onOpen, onChunk }: SocketUse): Socket {
  const where = {
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    // One buffer for all reads: by default Node makes one of 64 KiB for each read.
    onread: {
      buffer: Buffer.allocUnsafeSlow(READ_BUFFER_LENGTH),
      callback: (count: number, buffer: Uint8Array) => {
        onChunk(Buffer.from(buffer.buffer, buffer.byteOffset, count));
        return true;
      },
    },
  };
  if (tls === undefined) return connect(where).once("connect", onOpen);
  // A TLS socket does not read these two from its options.
  const socket = tls.connect(where).setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
  return socket.once("secureConnect", onOpen);
}

/** Closes in order: the server reads everything that was written, and closes its side. */
export async function closeSocket(socket: Socket, withinMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const giveUp = setTimeout(() => socket.destroy(), withinMs);
  socket.once("close", () => resolve()).end();
  await promise;
  clearTimeout(giveUp);
}
