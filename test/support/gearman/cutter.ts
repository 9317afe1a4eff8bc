import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** `up` is what the worker sends. */
export type Direction = "up" | "down";

/** Stands between a worker and its job server, and resets their connection after so many bytes, once. */
export class Cutter implements AsyncDisposable {
  readonly #target: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #where: { readonly direction: Direction; left: number } | undefined;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((near) => this.#accept(near));
  }

  static async start(target: number): Promise<Cutter> {
    const cutter = new Cutter(target);
    cutter.#server.listen(0, "127.0.0.1");
    await once(cutter.#server, "listening");
    return cutter;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** False: it has happened. */
  get isToCut(): boolean {
    return this.#where !== undefined;
  }

  cutAfter(bytes: number, direction: Direction): void {
    this.#where = { direction, left: bytes };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  #accept(near: Socket): void {
    const far = connect(this.#target, "127.0.0.1");
    const both = [near, far];
    for (const socket of both) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        for (const each of both) each.destroy();
      });
    }
    const cut = () => {
      for (const each of both) each.resetAndDestroy();
    };
    near.on("data", (chunk) => this.#pass(chunk, { direction: "up", to: far, cut }));
    far.on("data", (chunk) => this.#pass(chunk, { direction: "down", to: near, cut }));
  }

  #pass(chunk: Buffer, { direction, to, cut }: { direction: Direction; to: Socket; cut: () => void }): void {
    const where = this.#where?.direction === direction ? this.#where : undefined;
    if (where === undefined || chunk.length <= where.left) {
      if (where !== undefined) where.left -= chunk.length;
      to.write(chunk);
      return;
    }
    this.#where = undefined;
    to.write(chunk.subarray(0, where.left), cut);
  }
}
