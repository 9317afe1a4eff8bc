import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { Transform } from "node:stream";
import type { ServerAddress } from "../../../src/gearman/server-address.ts";

/** Stands between a worker and its job server. It can cut their connection while both keep running. */
export class Cable {
  readonly #target: ServerAddress;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isOpen = true;
  #isHeld: (chunk: Buffer) => boolean = () => false;
  #held: (() => void)[] = [];
  connections = 0;

  constructor(target: ServerAddress) {
    this.#target = target;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  get address(): ServerAddress {
    const address = this.#server.address();
    return { host: "127.0.0.1", port: typeof address === "object" && address !== null ? address.port : 0 };
  }

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  /** Closes all connections; new ones are refused until `mend`. */
  cut(): void {
    this.#isOpen = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Drops everything that either side sends from now on, like a network that is about to fail. */
  mute(): void {
    for (const socket of this.#sockets) socket.unpipe().resume();
  }

  mend(): void {
    this.#isOpen = true;
  }

  /** Chunks of a worker for which `isHeld` is true wait until `release`. */
  hold(isHeld: (chunk: Buffer) => boolean): void {
    this.#isHeld = isHeld;
  }

  release(): void {
    this.#isHeld = () => false;
    for (const pass of this.#held.splice(0)) pass();
  }

  async stop(): Promise<void> {
    this.cut();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  /** While a chunk is held, the chunks behind it wait, too. */
  #gate(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _, done) => {
        const pass = () => done(null, chunk);
        if (this.#isHeld(chunk)) this.#held.push(pass);
        else pass();
      },
    });
  }

  #accept(near: Socket): void {
    if (!this.#isOpen) {
      near.destroy();
      return;
    }
    this.connections++;
    const far = connect(this.#target);
    near.pipe(this.#gate()).pipe(far).pipe(near);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket
        .on("error", () => {})
        .on("close", () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
    }
  }
}
