import { randomUUID } from "node:crypto";
import type { ConnectionTiming } from "../gearman/connection.ts";
import { renderServerAddress, type ServerAddress } from "../gearman/server-address.ts";
import { Submitter } from "../gearman/submitter.ts";
import type { Log } from "../log.ts";
import { Outbox, type Parcel } from "../result/outbox.ts";
import { Seldom } from "./seldom.ts";

/** Copies a dupserver that is there may be slow to confirm, however few are kept while it is away. */
const ON_THEIR_WAY = 1_000;

/**
 * A dupserver: gets a copy of every result, and never holds up the real ones. While it is away copies are kept
 * up to `limit`, the newest dropped beyond that.
 */
export class Duplicates {
  /** `host:port` */
  readonly name: string;
  readonly #submitter: Submitter;
  readonly #outbox: Outbox;
  readonly #seldom: Seldom;
  #limit: number;

  constructor(server: ServerAddress, limit: number, log: Log, timing: Partial<ConnectionTiming> = {}) {
    this.name = renderServerAddress(server);
    this.#limit = limit;
    this.#seldom = new Seldom(log);
    this.#submitter = new Submitter({
      server,
      log,
      timing,
      onState: (state) => state === "connected" && this.#outbox.flush(),
    });
    const destinations = () => [{ name: this.name, results: this.#submitter }];
    // A prefix of its own: with another outbox's, gearmand would take a copy for a result it has already.
    this.#outbox = new Outbox({ destinations, log, prefix: randomUUID() });
  }

  start(): void {
    this.#submitter.start();
  }

  /** How many copies are kept from now on. */
  setLimit(limit: number): void {
    this.#limit = limit;
  }

  send(parcel: Parcel): void {
    const most = this.#submitter.isConnected ? Math.max(this.#limit, ON_THEIR_WAY) : this.#limit;
    if (this.#outbox.size >= most) {
      const message = `dupserver ${this.name} takes no results: its copy is lost, ${this.#outbox.size} are waiting`;
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
