import type { MessagePort } from "node:worker_threads";
import type { CommandOutcome } from "../../../../sdk/check.ts";
import type { Address, Family } from "../../../../sdk/names/address.ts";
import type { FromThread, Given, Need } from "../threads/messages.ts";
import { revive } from "../threads/thrown.ts";

/** The worker, as a thread of a site's checks sees it. */
export class WorkerSide {
  readonly #port: MessagePort;
  readonly #needs = new Map<number, PromiseWithResolvers<unknown>>();
  #lastNeed = 0;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  tell(report: FromThread): void {
    this.#port.postMessage(report);
  }

  execute(by: number, timeoutMs: number): Promise<CommandOutcome> {
    return this.#ask({ kind: "execute", timeoutMs }, by) as Promise<CommandOutcome>;
  }

  resolve(host: string, family: Family): Promise<readonly Address[]> {
    return this.#ask({ kind: "resolve", host, family }, undefined) as Promise<readonly Address[]>;
  }

  take(id: number, given: Given): void {
    const need = this.#needs.get(id);
    this.#needs.delete(id);
    if (given.kind === "value") need?.resolve(given.value);
    else need?.reject(revive(given.thrown));
  }

  #ask(need: Need, by: number | undefined): Promise<unknown> {
    this.#lastNeed += 1;
    const id = this.#lastNeed;
    const given = Promise.withResolvers<unknown>();
    this.#needs.set(id, given);
    this.tell({ kind: "need", id, by, need });
    return given.promise;
  }
}
