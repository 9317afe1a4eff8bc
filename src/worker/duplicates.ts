import { randomUUID } from "node:crypto";
import { renderServerAddress, type ServerAddress } from "../gearman/server-address.ts";
import { Submitter } from "../gearman/submitter.ts";
import type { Log } from "../log.ts";
import { Outbox, type Parcel } from "../result/outbox.ts";
import { Seldom } from "./seldom.ts";

/**
 * A dupserver: gets a copy of every result, and never holds up the real ones. While it is away copies are kept
 * up to `limit`, the newest dropped beyond that.
 */
export class Duplicates {
  readonly #name: string;
  readonly #limit: number;
  readonly #submitter: Submitter;
  readonly #outbox: Outbox;
  readonly #seldom: Seldom;

  constructor(server: ServerAddress, limit: number, log: Log) {
    this.#name = renderServerAddress(server);
    this.#limit = limit;
    this.#seldom = new Seldom(log);
    this.#submitter = new Submitter({
      server,
      log,
      onState: (state) => state === "connected" && this.#outbox.flush(),
    });
    const doors = () => [{ name: this.#name, results: this.#submitter }];
    // A prefix of its own: with another outbox's, gearmand would take a copy for a result it has already.
    this.#outbox = new Outbox({ doors, log, prefix: randomUUID() });
  }

  start(): void {
    this.#submitter.start();
  }

  send(parcel: Parcel): void {
    if (this.#outbox.size >= this.#limit) {
      const message = `dupserver ${this.#name} takes no results: its copy is lost, ${this.#limit} are waiting`;
      this.#seldom.error("full", {}, message);
      return;
    }
    this.#outbox.deliver(parcel).catch(() => undefined); // stopped: only copies are lost
  }

  async stop(): Promise<void> {
    this.#outbox.stop();
    await this.#submitter.stop();
  }
}
