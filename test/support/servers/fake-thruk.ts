import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { failed, type Reply, refused, ThrukCommands } from "./thruk-commands.ts";
import { ThrukRows } from "./thruk-rows.ts";

export const THRUK_KEY = `${"a".repeat(64)}_1`;
/** Of a user with the role `authorized_for_read_only`. */
export const THRUK_VIEWER_KEY = `${"b".repeat(64)}_1`;
/** Of a user who sees nothing. */
export const THRUK_STRANGER_KEY = `${"c".repeat(64)}_1`;

interface User {
  readonly id: string;
  readonly roles: readonly string[];
  readonly mayCommand: boolean;
}

const ALL = ["authorized_for_all_hosts", "authorized_for_all_services"];
const USERS: Readonly<Record<string, User>> = {
  [THRUK_KEY]: { id: "omdadmin", roles: [...ALL, "authorized_for_all_host_commands"], mayCommand: true },
  [THRUK_VIEWER_KEY]: { id: "viewer", roles: [...ALL, "authorized_for_read_only"], mayCommand: false },
  [THRUK_STRANGER_KEY]: { id: "stranger", roles: [], mayCommand: true },
};

/** A broadcast as Thruk's REST API tells it. */
export function broadcast(file: string, text: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    file,
    text,
    raw_text: text,
    name: "",
    author: "omdadmin",
    authoremail: "none",
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
    macros: {
      date: "04:31:56",
      contact: "omdadmin",
      contactemail: "none",
      theme: "Light",
      name: "",
      title: "",
    },
    ...more,
  };
}

const ROOT = "/site/thruk/r";
const NO_CORE = "failed to open socket /omd/sites/prod/tmp/run/live: No such file or directory.";

/** Thruk's REST API with the same shapes as that of 3.20.2: test/fixtures/thruk. */
export class FakeThruk implements AsyncDisposable {
  broadcasts: unknown = [];
  /** With which all is answered that is no refusal. */
  status = 200;
  /** Thruk has one core, and does not reach it. */
  isCoreAway = false;
  /** Thruk has other cores, and does not reach this one of them: it answers with what the others have. */
  missingCore: string | undefined;
  readonly rows = new ThrukRows();
  readonly commands = new ThrukCommands(this.rows);
  readonly #server: Server = createServer((request, response) => {
    void this.#answer(request).then(([status, body]) => {
      const headers = { "content-type": "application/json; charset=utf-8" };
      response.writeHead(status, headers).end(JSON.stringify(body));
    });
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

  async #answer(request: IncomingMessage): Promise<Reply> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const { headers, method, url = "" } = request;
    const user = USERS[String(headers["x-thruk-auth-key"])];
    if (user === undefined) return refused(403, "wrong authentication key");
    if (this.status !== 200) return refused(this.status, "error during request");
    const path = url.startsWith(ROOT) ? url.slice(ROOT.length) : "";
    const isCommand = method === "POST" && path === "/cmd";
    return isCommand ? this.#command(user, JSON.parse(text)) : this.#read(user, path);
  }

  #command(user: User, sent: Readonly<Record<string, unknown>>): Reply {
    if (!user.mayCommand)
      return refused(403, "you are not allowed to run this command", "you don' have command permissions");
    if (this.missingCore !== undefined && this.rows.find(sent) === undefined)
      return refused(400, this.#nowhere(sent, this.missingCore));
    return this.isCoreAway ? failed(String(sent["cmd"]), NO_CORE) : this.commands.answer(sent);
  }

  /** With several cores Thruk asks which of them has the object. */
  #nowhere({ host, service }: Readonly<Record<string, unknown>>, core: string): string {
    const found = `no object found by filter: host=${host} service=${service}`;
    const away = `(the following sites could not be reached: ${core})`;
    return `cannot send command, affected backend list is empty. ${found} ${away}`;
  }

  #read(user: User, path: string): Reply {
    const [own = "", query = ""] = path.split("?");
    const columns = new URLSearchParams(query).get("columns")?.split(",") ?? [];
    const cut = (rows: unknown): unknown =>
      columns.length === 0 || !Array.isArray(rows) ? rows : rows.map((row) => pick(row, columns));
    if (own === "/thruk/whoami") return [200, whoIs(user)];
    if (own === "/thruk/broadcasts") return [200, cut(this.broadcasts)];
    if (own === "/sites") return [200, cut(this.#sites())];
    const rows = this.rows.answer(path);
    if (rows === undefined) return refused(404, `unknown rest path: ${own}`);
    if (this.isCoreAway)
      return refused(500, "error during request", `prod: ${NO_CORE} at lib/Thruk/Some.pm line 1.\n`);
    return [200, user.roles.length === 0 ? [] : rows];
  }

  #sites() {
    const site = (name: string, error: string) => ({
      id: `${name}1`,
      name,
      section: "Default",
      type: "livestatus",
      addr: "/live",
      connected: error === "" ? 1 : 0,
      status: error === "" ? 0 : 1,
      last_error: error,
    });
    const error = `ERROR: ${NO_CORE}`;
    const { missingCore } = this;
    const missing = missingCore === undefined ? [] : [site(missingCore, error)];
    return [site("prod", this.isCoreAway ? error : ""), ...missing];
  }
}

function whoIs({ id, roles, mayCommand }: User) {
  return {
    alias: null,
    auth_src: "api_key",
    can_submit_commands: mayCommand ? 1 : 0,
    email: null,
    groups: [],
    has_thruk_profile: false,
    id,
    locked: false,
    original_username: id,
    roles,
    tz: null,
  };
}

function pick(row: unknown, columns: readonly string[]): unknown {
  return Object.fromEntries(columns.map((name) => [name, Object(row)[name] ?? null]));
}
