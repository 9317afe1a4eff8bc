import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that was sent to a real Thruk, and what it answered: test/fixtures/thruk. */
export interface Recorded {
  readonly what: string;
  readonly user: string;
  readonly method: string;
  readonly path: string;
  readonly sent?: unknown;
  readonly status: number;
  readonly contentType: string;
  readonly body: unknown;
}

export function recorded(core: string): readonly Recorded[] {
  return JSON.parse(readFileSync(new URL(`../../fixtures/thruk/${core}.json`, import.meta.url), "utf8"));
}

/** Answers everything with what was recorded. */
export class Replay implements AsyncDisposable {
  #answer: Recorded | undefined;
  readonly #all: readonly Recorded[];
  readonly #server = createServer((request, response) => {
    request.resume();
    const { status = 500, contentType = "", body } = this.#answer ?? {};
    response.writeHead(status, { "content-type": contentType }).end(JSON.stringify(body));
  });

  constructor(core: string) {
    this.#all = recorded(core);
  }

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/prod/thruk`;
  }

  with(what: string): void {
    this.#answer = this.#all.find((one) => one.what === what);
    if (this.#answer === undefined) throw new Error(`${what} was not recorded`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
