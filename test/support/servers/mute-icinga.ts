import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * What of Icinga 2's REST API a downtime needs. It can do what it is asked for and say nothing, as a network
 * that fails at the worst moment.
 */
export class MuteIcinga implements AsyncDisposable {
  /** The comments of the downtimes that were made. */
  readonly downtimes: string[] = [];
  isMute = false;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<MuteIcinga> {
    const icinga = new MuteIcinga();
    icinga.#server.listen(0, "127.0.0.1");
    await once(icinga.#server, "listening");
    return icinga;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked = JSON.parse(Buffer.concat(chunks).toString() || "{}") as { readonly comment?: string };
    const results = this.#do(request.url ?? "", asked);
    if (this.isMute && request.url === "/v1/actions/schedule-downtime") return;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ results }));
  }

  #do(path: string, { comment = "" }: { readonly comment?: string }): readonly unknown[] {
    switch (path) {
      case "/v1/objects/services":
        return [{ attrs: { state: 2, acknowledgement: 0, downtime_depth: 0 } }];
      case "/v1/objects/downtimes":
        return this.downtimes.map((each, at) => ({
          name: `d${at}`,
          attrs: { author: "a", comment: each, end_time: 1 },
        }));
      case "/v1/actions/schedule-downtime":
        this.downtimes.push(comment);
        return [{ code: 200, status: "done", name: `d${this.downtimes.length - 1}` }];
      default:
        return [];
    }
  }
}
