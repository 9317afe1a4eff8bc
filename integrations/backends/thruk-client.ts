import type { Target } from "./backend.ts";
import { ChannelError } from "./channel.ts";
import { at, textOf } from "./json.ts";
import { RestClient, type RestReply } from "./rest-client.ts";

export interface ThrukOptions {
  /** `https://HOST/SITE/thruk` */
  readonly url: string;
  /** A key of a user: it acts as that user. A superuser's key keeps all its rights, whoever is named. */
  readonly apiKey: string;
  readonly caFile?: string | undefined;
  readonly timeoutMs?: number;
}

const MAX_REASON = 200;

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
  if (status === 401 || status === 403)
    throw new ChannelError("forbidden", withReason("Thruk does not let us in", refusalOf(body)));
  if (status >= 500) throw new ChannelError("unavailable", describeReply({ status, body }));
}

/** What a reply says that is no use, in a line. `more` is said of the reply besides. */
export function describeReply({ status, body }: Pick<RestReply, "status" | "body">, more = ""): string {
  return withReason(`Thruk answers with HTTP ${status}${more}`, failureOf(body));
}

export function withReason(what: string, reason: string): string {
  return reason === "" ? what : `${what}: ${reason.slice(0, MAX_REASON)}`;
}

/** Why Thruk refuses something. Its description only says the same with more words. */
export function refusalOf(body: unknown): string {
  return textOf(at(body, "message"));
}

/** What went wrong, in a line. The description says it, and goes on with where in Thruk's code that was. */
function failureOf(body: unknown): string {
  const said = textOf(at(body, "description")) || textOf(at(body, "message"));
  return said.replace(/(?: at \S+|, <\S+>) line \d+.*|\n.*/s, "");
}
