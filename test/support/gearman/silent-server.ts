import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { ServerAddress } from "../../../src/gearman/server-address.ts";

export interface SilentServer {
  readonly address: ServerAddress;
  /** Connections so far. */
  readonly connections: number;
  /** All bytes so far, latin1. */
  readonly received: string;
  /** Chunks so far, as they were read. */
  readonly chunks: readonly Buffer[];
  /** Resolves when the next bytes arrive on any connection. */
  heard(): Promise<void>;
  /** Sends these bytes on every connection. */
  say(bytes: Uint8Array): void;
  /** Reads on after `pauseOnConnect`. */
  resume(): void;
  cut(): void;
  /** Closes every connection in order, after what was sent. */
  end(): void;
  stop(): Promise<void>;
}

/** Accepts connections and sends nothing by itself, like a half-open connection or a server that hangs. */
export async function startSilentServer({
  host = "127.0.0.1",
  pauseOnConnect = false,
} = {}): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  const chunks: Buffer[] = [];
  let heard = Promise.withResolvers<void>();
  let connections = 0;
  const server = createServer({ pauseOnConnect }, (socket) => {
    connections++;
    sockets.add(socket);
    socket
      .on("error", () => {})
      .on("close", () => sockets.delete(socket))
      .on("data", (chunk) => {
        chunks.push(chunk);
        heard.resolve();
        heard = Promise.withResolvers();
      });
    if (pauseOnConnect) socket.pause();
  });
  server.listen(0, host);
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no address");

  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: { host, port: address.port },
    get connections() {
      return connections;
    },
    get received() {
      return Buffer.concat(chunks).toString("latin1");
    },
    chunks,
    heard: () => heard.promise,
    say: (bytes) => {
      for (const socket of sockets) socket.write(bytes);
    },
    resume: () => {
      for (const socket of sockets) socket.resume();
    },
    cut,
    end: () => {
      for (const socket of sockets) socket.end();
    },
    stop: async () => {
      cut();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}
