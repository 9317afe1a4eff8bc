import type { MessagePort } from "node:worker_threads";
import type { CheckOutput, CommandOutcome } from "../../../../sdk/check.ts";
import type { Address, Family } from "../../../../sdk/names/address.ts";
import type { FromThread, Given, Need } from "../threads/messages.ts";
import type { Ring } from "../threads/ring.ts";
import { revive } from "../threads/thrown.ts";

/** The worker, as a thread of a site's checks sees it. */
export class WorkerSide {
  readonly #port: MessagePort;
  readonly #needs = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #outputs: Ring;
  #lastNeed = 0;
  #isCalling = false;

  /** @param outputs is written here */
  constructor(port: MessagePort, outputs: Ring) {
    this.#port = port;
    this.#outputs = outputs;
  }

  tell(report: FromThread): void {
    this.#port.postMessage(report);
  }

  /** The worker can read it from now on, and is woken when this turn of the event loop is over. */
  tellOutput(id: number, output: CheckOutput): void {
    if (!fits(output) || !this.#outputs.put(id, output.returnCode, output.output)) {
      this.tell({ kind: "answer", id, answer: { kind: "output", ...output } });
    } else if (!this.#isCalling) {
      this.#isCalling = true;
      setImmediate(this.#call);
    }
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

  readonly #call = (): void => {
    this.#isCalling = false;
    if (this.#outputs.mustCall()) this.tell({ kind: "look" });
  };

  #ask(need: Need, by: number | undefined): Promise<unknown> {
    this.#lastNeed += 1;
    const id = this.#lastNeed;
    const given = Promise.withResolvers<unknown>();
    this.#needs.set(id, given);
    this.tell({ kind: "need", id, by, need });
    return given.promise;
  }
}

/** A check without types may have given anything. */
function fits({ returnCode, output, stderr }: CheckOutput): boolean {
  return (returnCode | 0) === returnCode && typeof output === "string" && stderr === undefined;
}
