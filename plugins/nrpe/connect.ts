import type { Socket } from "node:net";
import { CheckDeclined, type Resolver } from "../../sdk/index.ts";
import { errnoName, errnoText } from "../libc/errno.ts";
import { DialError, dial, resolveHost } from "../transport/dial.ts";
import { Ended, type Printed } from "./printed.ts";
import type { NrpeRequest } from "./request.ts";

export interface ConnectContext {
  readonly resolver: Resolver;
  readonly printed: Printed;
  readonly signal: AbortSignal;
}

/** A connected socket, and the address of the daemon. */
export interface Connected {
  readonly socket: Socket;
  readonly address: string;
}

/** The plugin's return code if the name has no address, whatever `-u` and `-t` say. */
const NO_ADDRESS = 1;
/** The plugin prints so much of a name. */
const MAX_NAME = 100;

/**
 * Connects to one address after the other. The caller destroys the socket. Throws an `Ended` if there is no
 * connection.
 */
export async function connect(request: NrpeRequest, context: ConnectContext): Promise<Connected> {
  const { host, port, failed } = request;
  const { printed, signal } = context;
  let reason = "";
  for (const { address } of await findAddresses(request, context)) {
    try {
      return { socket: requireOpen(await dial({ host: address, port }, context)), address };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof DialError)) throw error;
      if (error.step !== "connect") throw new CheckDeclined("this machine has no such sockets");
      reason = errnoText(errnoName(error.cause));
      printed.complaint(`connect to address ${address} port ${port}: ${reason}`);
    }
  }
  printed.complaint(`connect to host ${host} port ${port}: ${reason}`);
  throw new Ended(failed);
}

async function findAddresses(request: NrpeRequest, { printed, ...context }: ConnectContext) {
  try {
    return await resolveHost(request, context);
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    const name = request.host.slice(0, MAX_NAME);
    printed.complaint(`Could not resolve hostname ${name}: ${error.message}`);
    throw new Ended(NO_ADDRESS);
  }
}

/** If the daemon has reset the connection already, the plugin prints no certain address. */
function requireOpen(socket: Socket): Socket {
  if (socket.destroyed) throw new CheckDeclined("a server reset the connection before its words were read");
  return socket;
}
