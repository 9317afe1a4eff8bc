import { renderServerAddress } from "../../gearman/server-address.ts";
import type { Parcel } from "../../result/outbox.ts";
import { Dupserver, type DupserverOptions, type DupserverStatus } from "./dupserver.ts";
import type { DupserverSettings } from "./server-settings.ts";

/** The dupservers of a worker: each gets a copy of every result. */
export class Dupservers {
  readonly #options: Pick<DupserverOptions, "log" | "throttle" | "maxAge">;
  #dupservers: readonly Dupserver[] = [];

  constructor(options: Pick<DupserverOptions, "log" | "throttle" | "maxAge">) {
    this.#options = options;
  }

  /** No results have to be copied. */
  get isEmpty(): boolean {
    return this.#dupservers.length === 0;
  }

  get status(): readonly DupserverStatus[] {
    return this.#dupservers.map((dupserver) => dupserver.status);
  }

  /** A dupserver that stays keeps the copies that wait for it, and its connection unless TLS has changed. */
  open({ servers, limit, timing }: DupserverSettings): void {
    const before = this.#dupservers;
    this.#dupservers = servers.map((server) => {
      const kept = before.find(({ name }) => name === renderServerAddress(server));
      const dupserver = kept ?? new Dupserver({ ...this.#options, server, limit, timing });
      dupserver.use(server);
      dupserver.setLimit(limit);
      dupserver.start();
      return dupserver;
    });
    for (const dupserver of before) if (!this.#dupservers.includes(dupserver)) void dupserver.stop();
  }

  send(parcel: Parcel): void {
    for (const dupserver of this.#dupservers) dupserver.send(parcel);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#dupservers.map((dupserver) => dupserver.stop()));
  }
}
