import { connect, type Socket } from "node:net";
import { encodePacket, type Packet } from "../../src/gearman/packet.ts";
import { PacketReader } from "../../src/gearman/packet-reader.ts";
import type { ServerAddress } from "../../src/gearman/server-address.ts";
import { Arrivals } from "../support/gearman/arrivals.ts";

const DONE = Buffer.from("all before this is answered");

/** Sends single packets to a job server, also in an order that a correct worker never uses. */
export class Talker {
  readonly #socket: Socket;
  readonly #packets = new Arrivals<Packet>();

  readonly closed: Promise<unknown>;

  constructor(address: ServerAddress) {
    const reader = new PacketReader({ onPacket: this.#packets.push });
    this.#socket = connect(address);
    this.#socket.on("data", (chunk) => reader.push(chunk)).on("error", () => {});
    this.closed = new Promise((resolve) => this.#socket.once("close", resolve));
  }

  /** Returns everything that comes until the server has handled these packets. */
  async say(...packets: readonly Packet[]): Promise<readonly Packet[]> {
    for (const packet of [...packets, { type: "ECHO_REQ", data: DONE } as const]) {
      this.#socket.write(encodePacket(packet));
    }
    const answers: Packet[] = [];
    for (;;) {
      const packet = await this.next();
      if (packet.type === "ECHO_RES" && DONE.equals(packet.data)) return answers;
      answers.push(packet);
    }
  }

  next(): Promise<Packet> {
    return this.#packets.next();
  }

  junk(): void {
    this.#socket.write("\0JNK".repeat(10));
  }

  async stop(): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }
}
