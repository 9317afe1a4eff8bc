import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ThrukRows } from "./thruk-rows.ts";

export const THRUK_KEY = `${"a".repeat(64)}_1`;

/** A broadcast as Thruk's REST API tells it. */
export function broadcast(file: string, text: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    file,
    text,
    raw_text: text,
    author: "omdadmin",
    authoremail: "",
    contacts: [],
    contactgroups: [],
    expires: "",
    expires_ts: 0,
    hide_before: "",
    hide_before_ts: 0,
    loginpage: 0,
    panorama: 0,
    template: 0,
    annotation: "",
    frontmatter: {},
    macros: { date: "", contact: "omdadmin", theme: "Thruk" },
    ...more,
  };
}

const ROOT = "/site/thruk/r";

/** Answers `GET /r/thruk/broadcasts`, and of its rows, as Thruk does. */
export class FakeThruk implements AsyncDisposable {
  broadcasts: unknown = [];
  status = 200;
  readonly rows = new ThrukRows();
  readonly #server: Server = createServer(({ headers, url = "", method }, response) => {
    const isIn = headers["x-thruk-auth-key"] === THRUK_KEY;
    const found = method === "GET" && url.startsWith(ROOT) ? this.#find(url.slice(ROOT.length)) : undefined;
    const status = isIn ? (found === undefined ? 404 : this.status) : 403;
    const body = status === 200 ? found : { code: status, failed: true, message: "no" };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });

  #find(path: string): unknown {
    return path === "/thruk/broadcasts" ? this.broadcasts : this.rows.answer(path);
  }

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
