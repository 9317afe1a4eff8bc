import { randomUUID } from "node:crypto";
import { roomOf } from "../../executor/output-room.ts";
import type { ConnectionState, ConnectionTiming } from "../../gearman/connection.ts";
import { Presence } from "../../gearman/presence.ts";
import { isSameServer, renderServerAddress, type ServerAddress } from "../../gearman/server-address.ts";
import { Submitter } from "../../gearman/submitter.ts";
import type { Log } from "../../log.ts";
import { Outbox, type Parcel } from "../../result/outbox.ts";
import type { LogThrottle } from "../log-throttle.ts";

/** A connected dupserver may be slow to confirm so many copies, even if fewer are kept while it is away. */
const MAX_UNCONFIRMED = 1_000;
const MOST_BYTES = roomOf(process.constrainedMemory());

export interface DupserverOptions {
  readonly server: ServerAddress;
  /** How many copies are kept while the dupserver is away. */
  readonly limit: number;
  readonly mostBytes?: number;
  /** In seconds: copies that have waited for longer are dropped. 0: none are. */
  readonly maxAge?: () => number;
  readonly timing?: Partial<ConnectionTiming>;
  readonly log: Log;
  readonly throttle: Pick<LogThrottle, "error">;
}

export interface DupserverStatus {
  /** `host:port` */
  readonly name: string;
  readonly isConnected: boolean;
  /** Copies that the dupserver has not accepted yet. */
  readonly waiting: number;
  /** How many copies are kept while the dupserver is away. */
  readonly limit: number;
}

/**
 * A dupserver gets a copy of every result, and never holds up the results themselves. While it is away, up to
 * `limit` copies are kept. Beyond the limit the newest copies are lost, and those that are too old.
 */
export class Dupserver {
  /** `host:port` */
  readonly name: string;
  readonly #connect: (server: ServerAddress) => Submitter;
  #server: ServerAddress;
  #submitter: Submitter;
  readonly #outbox: Outbox;
  readonly #throttle: Pick<LogThrottle, "error">;
  #limit: number;
  /** Copies hold no more memory than the results of a job server may. */
  readonly #mostBytes: number;

  constructor({ server, limit, mostBytes = MOST_BYTES, timing = {}, ...options }: DupserverOptions) {
    const { maxAge = () => 0, log, throttle } = options;
    this.name = renderServerAddress(server);
    this.#limit = limit;
    this.#mostBytes = mostBytes;
    this.#throttle = throttle;
    const presence = new Presence({ server, log, role: "dupserver" });
    const onState = (state: ConnectionState) => {
      if (state === "connected") this.#outbox.flush();
    };
    this.#connect = (to) => new Submitter({ server: to, log, timing, presence, onState });
    this.#server = server;
    this.#submitter = this.#connect(server);
    // All copies go to this one server, whether it is silent or not.
    const destinations = () => [{ name: this.name, isSilent: false, results: this.#submitter }];
    // A prefix of its own: with another outbox's prefix, gearmand would take a copy for a result it already
    // has.
    this.#outbox = new Outbox({ destinations, maxAge, log, prefix: randomUUID() });
  }

  get status(): DupserverStatus {
    const { isConnected } = this.#submitter;
    return { name: this.name, isConnected, waiting: this.#outbox.size, limit: this.#limit };
  }

  start(): void {
    this.#submitter.start();
  }

  /** Connects anew if the same dupserver is spoken to in another way now. The copies that wait are kept. */
  use(server: ServerAddress): void {
    if (isSameServer(server, this.#server)) return;
    void this.#submitter.stop();
    this.#server = server;
    this.#submitter = this.#connect(server);
  }

  /** How many copies are kept from now on while the dupserver is away. */
  setLimit(limit: number): void {
    this.#limit = limit;
  }

  send(parcel: Parcel): void {
    const { size, bytes } = this.#outbox;
    const max = this.#submitter.isConnected ? Math.max(this.#limit, MAX_UNCONFIRMED) : this.#limit;
    if (size >= max || bytes >= this.#mostBytes) {
      const message = `dupserver ${this.name} takes no results: its copy is lost, ${size} are waiting`;
      this.#throttle.error(`dupserver ${this.name}`, {}, message);
      return;
    }
    this.#outbox.deliver(parcel).catch(() => undefined); // stopped, or too old: only copies are lost
  }

  async stop(): Promise<void> {
    this.#outbox.stop();
    await this.#submitter.stop();
  }
}
