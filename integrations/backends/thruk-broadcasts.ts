import { ChannelError } from "./channel.ts";
import { at } from "./json.ts";
import { RestClient } from "./rest-client.ts";

export interface ThrukBroadcastsOptions {
  /** `https://HOST/SITE/thruk` */
  readonly url: string;
  /** Asked for at each request: a key may be exchanged while the program runs. */
  readonly key: () => string;
  readonly caFile?: string | undefined;
}

/** The broadcasts of Thruk, as its REST API tells them. */
export class ThrukBroadcasts {
  readonly #options: ThrukBroadcastsOptions;
  readonly #client: RestClient;

  constructor(options: ThrukBroadcastsOptions) {
    this.#options = options;
    const { url, caFile } = options;
    this.#client = new RestClient({ url: `${url.replace(/\/+$/, "")}/r`, headers: {}, caFile });
  }

  /** Throws a ChannelError. */
  async fetch(): Promise<unknown> {
    const headers = { "x-thruk-auth-key": this.#options.key() };
    const { status, body } = await this.#client.request({
      method: "GET",
      path: "/thruk/broadcasts",
      reads: true,
      headers,
    });
    if (status === 200) return body;
    const said = at(body, "message");
    const more = typeof said === "string" ? `: ${said.slice(0, 200)}` : "";
    if (status === 401 || status === 403)
      throw new ChannelError("forbidden", `Thruk does not let us in${more}`);
    throw new ChannelError("unavailable", `Thruk answers with HTTP ${status}${more}`);
  }

  close(): void {
    this.#client.close();
  }
}
