import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export const THRUK_KEY = `${"a".repeat(64)}_1`;

/** A broadcast as Thruk's REST API tells it. */
export function broadcast(file: string, text: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    ...{ file, text, raw_text: text, author: "omdadmin", authoremail: "", contacts: [], contactgroups: [] },
    ...{
      expires: "",
      expires_ts: 0,
      hide_before: "",
      hide_before_ts: 0,
      loginpage: 0,
      panorama: 0,
      template: 0,
    },
    ...{ annotation: "", frontmatter: {}, macros: { date: "", contact: "omdadmin", theme: "Thruk" } },
    ...more,
  };
}

/** Answers `GET /r/thruk/broadcasts` as Thruk does. */
export class FakeThruk implements AsyncDisposable {
  broadcasts: unknown = [];
  status = 200;
  readonly #server: Server = createServer((request, response) => {
    const isIn = request.headers["x-thruk-auth-key"] === THRUK_KEY;
    const isThere = request.url === "/site/thruk/r/thruk/broadcasts" && request.method === "GET";
    const status = isIn ? (isThere ? this.status : 404) : 403;
    const body = status === 200 ? this.broadcasts : { code: status, failed: true, message: "no" };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/site/thruk`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
