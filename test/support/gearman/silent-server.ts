import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { encodePacket } from "../../../src/gearman/packet.ts";
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
  /** Reads on after `pauseAfterGreeting`. */
  resume(): void;
  cut(): void;
  /** Closes every connection in order, after what was sent. */
  end(): void;
  stop(): Promise<void>;
}

const PROBE = { data: Buffer.from("alive?") };
const PROBE_REQUEST = encodePacket({ type: "ECHO_REQ", ...PROBE });
const PROBE_ANSWER = encodePacket({ type: "ECHO_RES", ...PROBE }, "response");

/**
 * Accepts connections and sends nothing by itself, like a half-open connection or a server that hangs. It
 * `greets`: it answers the probe that a connection begins with, and says nothing after that. The greeting is
 * not in `received`.
 */
export async function startSilentServer({
  host = "127.0.0.1",
  greets = true,
  pauseAfterGreeting = false,
} = {}): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  const chunks: Buffer[] = [];
  let heard = Promise.withResolvers<void>();
  let connections = 0;
  const server = createServer((socket) => {
    let isGreeted = !greets;
    connections++;
    sockets.add(socket);
    socket
      .on("error", () => {})
      .on("close", () => sockets.delete(socket))
      .on("data", (chunk) => {
        if (!isGreeted && PROBE_REQUEST.equals(chunk)) {
          isGreeted = true;
          socket.write(PROBE_ANSWER);
          if (pauseAfterGreeting) socket.pause();
          return;
        }
        chunks.push(chunk);
        heard.resolve();
        heard = Promise.withResolvers();
      });
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
