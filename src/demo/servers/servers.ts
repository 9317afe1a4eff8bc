import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { errorCode } from "../../error-text.ts";

/** An address and a port of this machine. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/**
 * The servers of the demo, which run in its process. A server that does not get its usual port takes any that
 * is free. All are closed in the end.
 */
export class Servers implements AsyncDisposable {
  readonly #closing = new AsyncDisposableStack();

  /** Resolves to the place where the server listens. */
  async tcp(server: Server, usual: Place): Promise<Place> {
    const sockets = new Set<Socket>();
    server.on("connection", (socket: Socket) => {
      // A client that hangs up early is no fault of the server.
      sockets.add(socket.on("error", () => {}));
      socket.once("close", () => sockets.delete(socket));
    });
    this.#closing.defer(async () => {
      for (const socket of sockets) socket.destroy();
      await closeServer(server);
    });
    return atAnyPort(usual, async (place) => {
      await listen(server, place);
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : place.port;
    });
  }

  /** Resolves to the socket and the place where it receives. */
  async udp(usual: Place): Promise<Place & { readonly socket: UdpSocket }> {
    const socket = createSocket("udp4");
    this.#closing.defer(async () => {
      socket.close();
      await once(socket, "close");
    });
    const place = await atAnyPort(usual, async ({ address, port }) => {
      socket.bind(port, address);
      await once(socket, "listening");
      return socket.address().port;
    });
    socket.on("error", () => {});
    return { ...place, socket };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing.disposeAsync();
  }
}

export async function listen(server: Server, { address, port }: Place): Promise<void> {
  server.listen(port, address);
  await once(server, "listening");
}

/** A server that does not listen is closed already. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  await once(server, "close");
}

/** `open` resolves to the port that it has. */
async function atAnyPort(usual: Place, open: (place: Place) => Promise<number>): Promise<Place> {
  try {
    return { ...usual, port: await open(usual) };
  } catch (error) {
    if (!TAKEN.includes(errorCode(error) ?? "")) throw error;
    return { ...usual, port: await open({ ...usual, port: 0 }) };
  }
}

/** Another program has the port, or this user may not have it. */
const TAKEN = ["EADDRINUSE", "EACCES"];
