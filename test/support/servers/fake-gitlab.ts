import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface FakeIssue {
  readonly iid: number;
  readonly title: string;
  readonly description: string;
  readonly labels: string;
  readonly notes: string[];
  state: "opened" | "closed";
}

/** What becomes of the next request that writes. `drop`: no answer, and it is stored or not. */
export type GitLabFault =
  | { readonly kind: "drop"; readonly isStored: boolean }
  | {
      readonly kind: "reply";
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

export const GITLAB_TOKEN = "glpat-secret";
export const GITLAB_PROJECT = "operation/orders";

interface Reply {
  readonly status: number;
  readonly value: unknown;
}

/** Issues of one project by version 4 of GitLab's REST API, with the replies of its documentation. */
export class FakeGitLab implements AsyncDisposable {
  readonly issues: FakeIssue[] = [];
  readonly faults: GitLabFault[] = [];
  /** `METHOD path` of each request. */
  readonly requests: string[] = [];
  readonly #server: Server;
  url = "";

  private constructor() {
    this.#server = createServer((request, response) => void this.#respond(request, response));
  }

  static async start(): Promise<FakeGitLab> {
    const fake = new FakeGitLab();
    fake.#server.listen(0, "127.0.0.1");
    await once(fake.#server, "listening");
    fake.url = `http://127.0.0.1:${(fake.#server.address() as AddressInfo).port}`;
    return fake;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const url = new URL(request.url ?? "/", this.url);
    this.requests.push(`${request.method} ${url.pathname}`);
    const fault = request.method === "POST" ? this.faults.shift() : undefined;
    if (fault?.kind === "reply") {
      response.writeHead(fault.status, fault.headers).end(fault.body);
      return;
    }
    if (fault?.isStored !== false) {
      const { status, value } = this.#answer(request, url, body);
      if (fault === undefined) {
        const headers = { "content-type": "application/json" };
        response.writeHead(status, headers).end(JSON.stringify(value));
        return;
      }
    }
    request.socket.destroy();
  }

  #answer({ method, headers }: IncomingMessage, { pathname, searchParams }: URL, body: string): Reply {
    if (headers["private-token"] !== GITLAB_TOKEN)
      return { status: 401, value: { message: "401 Unauthorized" } };
    const [, project = "", rest = ""] = /^\/api\/v4\/projects\/([^/]+)(.*)$/.exec(pathname) ?? [];
    if (decodeURIComponent(project) !== GITLAB_PROJECT)
      return { status: 404, value: { message: "404 Project Not Found" } };
    if (method === "GET" && rest === "")
      return { status: 200, value: { id: 1, path_with_namespace: GITLAB_PROJECT } };
    if (method === "GET") return { status: 200, value: this.#find(searchParams) };
    return this.#write(rest, JSON.parse(body) as Readonly<Record<string, string>>);
  }

  /** Like GitLab's own search: titles that have all these words. */
  #find(query: URLSearchParams): readonly object[] {
    const words = (query.get("search") ?? "").split(" ");
    return this.issues
      .filter(({ state }) => state === query.get("state"))
      .filter(({ title }) => words.every((word) => title.includes(word)))
      .map((issue) => this.#show(issue));
  }

  #write(rest: string, fields: Readonly<Record<string, string>>): Reply {
    const noted = this.issues.find(({ iid }) => rest === `/issues/${iid}/notes`);
    if (noted !== undefined) {
      noted.notes.push(fields["body"] ?? "");
      return { status: 201, value: { id: 1 } };
    }
    const { title = "", description = "", labels = "" } = fields;
    if (title === "") return { status: 400, value: { message: { title: ["can't be blank"] } } };
    const issue: FakeIssue = {
      iid: this.issues.length + 1,
      title,
      description,
      labels,
      notes: [],
      state: "opened",
    };
    this.issues.push(issue);
    return { status: 201, value: this.#show(issue) };
  }

  #show({ iid, title, state }: FakeIssue): object {
    return { id: 84 + iid, iid, title, state, web_url: `${this.url}/${GITLAB_PROJECT}/-/issues/${iid}` };
  }
}
