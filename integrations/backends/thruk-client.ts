import type { Target } from "./backend.ts";
import { ChannelError } from "./channel.ts";
import { at } from "./json.ts";
import { RestClient, type RestReply } from "./rest-client.ts";

export interface ThrukOptions {
  /** `https://HOST/SITE/thruk` */
  readonly url: string;
  /** A key of a user: it acts as that user. A superuser's key keeps all its rights, whoever is named. */
  readonly apiKey: string;
  readonly caFile?: string | undefined;
  readonly timeoutMs?: number;
}

export function createThrukClient({ url, apiKey, caFile, timeoutMs }: ThrukOptions): RestClient {
  return new RestClient({
    url: `${url.replace(/\/+$/, "")}/r`,
    headers: { "x-thruk-auth-key": apiKey },
    caFile,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

export function pathOf({ host, service }: Target): string {
  const name = encodeURIComponent(host);
  return service === undefined ? `/hosts/${name}` : `/services/${name}/${encodeURIComponent(service)}`;
}

/** Throws ChannelError if Thruk does not let us in, or is broken. */
export function assertAllowed({ status, body }: RestReply): void {
  if (status === 401 || status === 403) {
    const said = at(body, "message");
    throw new ChannelError(
      "forbidden",
      `Thruk does not let us in${typeof said === "string" ? `: ${said}` : ""}`,
    );
  }
  if (status >= 500) throw new ChannelError("unavailable", `Thruk answers with HTTP ${status}`);
}
