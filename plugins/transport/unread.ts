import type { Socket } from "node:net";
import { CheckDeclined, CheckFailure, CRITICAL } from "../../sdk/index.ts";

const NO_DATA = new CheckFailure("CRITICAL - Connection reset by peer\n", CRITICAL);

/**
 * Throws a CheckDeclined if the server may have sent something that was never read. When Node learns of a
 * reset from a connect or a write, it closes the socket without reading. A plugin reads first what has
 * arrived before the reset.
 */
export function declineUnread({ errored, readableEnded }: Socket): void {
  if (errored === null || readableEnded || !isReset(errored) || isOfRead(errored)) return;
  throw new CheckDeclined("a server reset the connection before its words were read", { otherwise: NO_DATA });
}

function isReset(error: Error): boolean {
  return "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

function isOfRead(error: Error): boolean {
  return "syscall" in error && error.syscall === "read";
}
