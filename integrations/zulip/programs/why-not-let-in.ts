import { fetchOwnUser } from "../client/api.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { ZulipError } from "../client/zulip-error.ts";
import { type Connection, isSameLogin } from "../settings/connection.ts";

interface Login {
  readonly client: ZulipClient;
  readonly config: { readonly connection: Connection };
}

/**
 * Why Zulip does not let a program in with what it has read. With the login that it had before Zulip may be
 * away: that is no reason against a new permission.
 */
export async function whyNotLetIn(after: Login, before: Login): Promise<string | undefined> {
  try {
    await fetchOwnUser(after.client);
    return undefined;
  } catch (error) {
    if (!(error instanceof ZulipError)) throw error;
    const isAway = error.failure.kind !== "unauthorized";
    const isSame = isSameLogin(after.config.connection, before.config.connection);
    return isAway && isSame ? undefined : `Zulip does not let it in: ${error.message}`;
  }
}
