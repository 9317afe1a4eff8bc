import { ChannelError } from "./channel.ts";
import { RestClient } from "./rest-client.ts";
import { assertAllowed, describeReply } from "./thruk-client.ts";

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
    const reply = await this.#client.request({
      method: "GET",
      path: "/thruk/broadcasts",
      reads: true,
      headers,
    });
    if (reply.status === 200) return reply.body;
    assertAllowed(reply);
    throw new ChannelError("unavailable", describeReply(reply));
  }

  close(): void {
    this.#client.close();
  }
}
