import { readFileSync } from "node:fs";
import { ChannelError } from "../../backends/channel.ts";
import { at, listOf, textOf } from "../../backends/json.ts";
import { RestClient, type RestReply } from "../../backends/rest-client.ts";
import type { Issue, IssuePlan, IssueTracker, Opened } from "./tracker.ts";

export interface GitLabOptions {
  /** `https://gitlab.example.org`, with a path if it is served below one. */
  readonly url: string;
  /** Its path or its number. */
  readonly project: string;
  /** Read again for each request: tokens expire. */
  readonly tokenFile: string;
  readonly labels: readonly string[];
  readonly caFile?: string | undefined;
}

const MAX_REASON = 300;
const PAGE = 100;

/** A project of GitLab, by version 4 of its REST API. */
export class GitLab implements IssueTracker, Disposable {
  readonly #options: GitLabOptions;
  readonly #client: RestClient;
  readonly #path: string;

  /** Throws if the file of authorities cannot be read. */
  constructor(options: GitLabOptions) {
    const { url, project, caFile } = options;
    this.#options = options;
    this.#path = `/projects/${encodeURIComponent(project)}`;
    this.#client = new RestClient({ url: `${url.replace(/\/+$/, "")}/api/v4`, headers: {}, caFile });
  }

  async open(plan: IssuePlan): Promise<Opened> {
    try {
      const known = await this.#find(plan.title);
      if (known !== undefined) return { kind: "already", issue: known };
      return { kind: "done", issue: await this.#create(plan) };
    } catch (error) {
      return this.#failure(error);
    }
  }

  async look(): Promise<{ readonly project: string } | { readonly reason: string }> {
    try {
      const body = await this.#ask("GET", "");
      return { project: textOf(at(body, "path_with_namespace")) || this.#options.project };
    } catch (error) {
      return { reason: this.#failure(error).reason };
    }
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  /** GitLab finds titles that contain this one. */
  async #find(title: string): Promise<Issue | undefined> {
    const query = new URLSearchParams({
      state: "opened",
      in: "title",
      search: title,
      per_page: String(PAGE),
    });
    const found = listOf(await this.#ask("GET", `/issues?${query}`));
    const same = found.find((issue) => at(issue, "title") === title);
    return same === undefined ? undefined : this.#read(same);
  }

  /** Without an answer GitLab may have opened it all the same. */
  async #create({ title, description }: IssuePlan): Promise<Issue> {
    const labels = this.#options.labels.join(",");
    try {
      const body = { title, description, ...(labels !== "" && { labels }) };
      return this.#read(await this.#ask("POST", "/issues", body));
    } catch (error) {
      const isUnknown = error instanceof ChannelError && error.kind === "unavailable";
      const found = isUnknown ? await this.#find(title).catch(() => undefined) : undefined;
      if (found === undefined) throw error;
      return found;
    }
  }

  async #ask(method: "GET" | "POST", path: string, body?: object): Promise<unknown> {
    const reply = await this.#client.request({
      method,
      path: this.#path + path,
      headers: { "private-token": this.#token() },
      ...(body === undefined ? { reads: true } : { body }),
    });
    if (reply.status !== 200 && reply.status !== 201) throw refusalOf(reply);
    if (reply.body === undefined) throw new ChannelError("unavailable", "an answer that is no JSON");
    return reply.body;
  }

  #token(): string {
    const { tokenFile } = this.#options;
    let text: string;
    try {
      text = readFileSync(tokenFile, "utf8").trim();
    } catch {
      throw new ChannelError("forbidden", `the token cannot be read: ${tokenFile}`);
    }
    if (/^[\x21-\x7e]+$/.test(text)) return text;
    throw new ChannelError("forbidden", `${tokenFile} has no token`);
  }

  #read(issue: unknown): Issue {
    const url = textOf(at(issue, "web_url"));
    const name = `${this.#options.project}#${textOf(at(issue, "iid"))}`;
    if (/^https?:/i.test(url) && URL.canParse(url)) return { name, url: new URL(url).href };
    throw new ChannelError("unavailable", "an answer without the address of the issue");
  }

  #failure(error: unknown): Extract<Opened, { readonly reason: string }> {
    if (!(error instanceof ChannelError)) throw error;
    return { kind: error.kind, reason: error.message };
  }
}

/** `message` and `error` are texts, or lists of them by the name of a field. */
function refusalOf({ status, body, headers }: RestReply): ChannelError {
  const said = at(body, "message") ?? at(body, "error_description") ?? at(body, "error");
  const text = (textOf(said) || (said === undefined ? "" : JSON.stringify(said))).slice(0, MAX_REASON);
  const answer = text.startsWith(String(status)) ? text : `${status} ${text}`.trim();
  if (status === 429) {
    const seconds = /^\d{1,6}$/.exec(headers["retry-after"] ?? "")?.[0];
    const until = seconds === undefined ? "for a while" : `for ${seconds} s`;
    return new ChannelError("unavailable", `no more requests ${until}`);
  }
  if (status >= 500) return new ChannelError("unavailable", answer);
  return new ChannelError("forbidden", `${answer}${HINTS[status] ?? ""}`);
}

const HINTS: Readonly<Record<number, string>> = {
  401: ", look at token_file=",
  403: ", the token needs the scope api and the role Reporter",
  404: ", look at project=: the token must see it",
};
