import { once } from "node:events";
import { connect, type Socket } from "node:net";

interface Login {
  readonly port: number;
  /** What a client says first, if the server waits for it. */
  readonly greeting?: Buffer;
  /** Whether the server's first words say that it has a place. */
  readonly hasPlace: (words: Buffer) => boolean;
}

/** Connections that stay in the middle of their login. Each has one of the places of a server. */
export class TakenPlaces implements Disposable {
  readonly #sockets: Socket[] = [];

  /** Takes places until the server has none left. */
  static async take({ port, greeting, hasPlace }: Login): Promise<TakenPlaces> {
    const taken = new TakenPlaces();
    for (;;) {
      const socket = connect(port, "127.0.0.1").on("error", () => {});
      taken.#sockets.push(socket);
      if (greeting !== undefined) socket.write(greeting);
      const [words] = (await once(socket, "data")) as [Buffer];
      if (!hasPlace(words)) return taken;
    }
  }

  get count(): number {
    return this.#sockets.length - 1;
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
