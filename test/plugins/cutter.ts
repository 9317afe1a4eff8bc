import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { seededRandom } from "../support/random.ts";

/** How a server's bytes are cut: the length of the piece at a place, and the pause after it. */
export type Cut = (at: number) => { readonly length: number; readonly pauseMs: number };

const random = seededRandom(10);
/** The first bytes come slowly. The rest of a long text would take longer than the check has. */
const SLOWLY = 200;

export const CUTS: readonly { readonly how: string; readonly cut: Cut }[] = [
  { how: "one by one", cut: (at) => ({ length: 1, pauseMs: at < SLOWLY ? 5 : 0 }) },
  { how: "in random cuts", cut: () => ({ length: 1 + Math.floor(random() ** 3 * 400), pauseMs: 5 }) },
];

/** Stands between a client and a server, and passes the server's bytes on in pieces. */
export class Cutter implements AsyncDisposable {
  readonly port: number;
  readonly #listener: ReturnType<typeof createServer>;
  readonly #sockets: ReadonlySet<Socket>;

  private constructor(listener: ReturnType<typeof createServer>, sockets: ReadonlySet<Socket>) {
    this.port = (listener.address() as AddressInfo).port;
    this.#listener = listener;
    this.#sockets = sockets;
  }

  static async to(port: number, cut: Cut): Promise<Cutter> {
    const sockets = new Set<Socket>();
    const listener = createServer({ noDelay: true }, (client) => {
      const server = connect({ port, host: "127.0.0.1", noDelay: true });
      for (const [socket, other] of [
        [client, server],
        [server, client],
      ] as const) {
        sockets.add(socket);
        socket.on("error", () => other.destroy()).on("close", () => sockets.delete(socket));
      }
      client.on("close", () => server.destroy()).pipe(server);
      void passOn(server, client, cut).catch(() => client.destroy());
    });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    return new Cutter(listener, sockets);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#listener.close();
    await once(this.#listener, "close");
  }
}

async function passOn(server: Socket, client: Socket, cut: Cut): Promise<void> {
  let at = 0;
  for await (const chunk of server as AsyncIterable<Buffer>) {
    for (let begin = 0; begin < chunk.length; ) {
      const { length, pauseMs } = cut(at);
      client.write(chunk.subarray(begin, begin + length));
      begin += length;
      at += length;
      await (pauseMs === 0 ? turn() : pause(pauseMs));
    }
  }
  client.end();
}
