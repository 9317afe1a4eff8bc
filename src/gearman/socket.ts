import { connect, type Socket } from "node:net";
import type { ServerAddress } from "./server-address.ts";

const KEEP_ALIVE_MS = 60_000;
const READ_BUFFER_LENGTH = 65_536;

/** Begins to connect. `onChunk` is given a view on memory that the next chunk overwrites. */
export function openSocket({ host, port }: ServerAddress, onChunk: (chunk: Buffer) => void): Socket {
  return connect({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    // One buffer for all reads: by default Node makes one of 64 KiB for each read.
    onread: {
      buffer: Buffer.allocUnsafeSlow(READ_BUFFER_LENGTH),
      callback: (count, buffer) => {
        onChunk(Buffer.from(buffer.buffer, buffer.byteOffset, count));
        return true;
      },
    },
  });
}

/** Closes in order: the server reads everything that was written, and closes its side. */
export async function closeSocket(socket: Socket, withinMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const giveUp = setTimeout(() => socket.destroy(), withinMs);
  socket.once("close", () => resolve()).end();
  await promise;
  clearTimeout(giveUp);
}
