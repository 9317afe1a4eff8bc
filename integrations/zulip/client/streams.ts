import { fieldsOf, listOf, textOf } from "./fields.ts";
import { unlessRefused } from "./find-messages.ts";
import type { ZulipClient } from "./zulip-client.ts";
import { ZulipError } from "./zulip-error.ts";

/** The streams that this user is not subscribed to: Zulip does not tell it what happens there. */
export async function findUnheard(
  client: ZulipClient,
  streams: readonly string[],
): Promise<readonly string[]> {
  if (streams.length === 0) return [];
  const { subscriptions } = await client.request("GET", "users/me/subscriptions");
  const names = listOf(subscriptions).map((one) => textOf(fieldsOf(one)["name"])?.toLowerCase());
  return streams.filter((stream) => !names.includes(stream.toLowerCase()));
}

/**
 * Whether this user sees a stream. Zulip does not tell one that is private from one that does not exist.
 * Where it does not let a user ask, as an incoming webhook, it may be seen.
 */
export async function seesStream(
  client: ZulipClient,
  stream: string,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    const params = { stream };
    const asked = client.request("GET", "get_stream_id", { params, signal });
    return (await unlessRefused(asked)) !== undefined;
  } catch (error) {
    if (error instanceof ZulipError) return true;
    throw error;
  }
}

/** Adds to an error that the user does not see the stream: Zulip's code is that of any other mistake. */
export async function explainRefusal(
  error: ZulipError,
  client: ZulipClient,
  { stream, signal }: { readonly stream: string; readonly signal?: AbortSignal | undefined },
): Promise<ZulipError> {
  const { failure, message } = error;
  if (failure.kind !== "refused" || isUnknownStream(error)) return error;
  if (await seesStream(client, stream, signal)) return error;
  const why = "it is private and this user is not subscribed to it, or it is archived";
  return new ZulipError(`${message} (${why})`, { ...failure, code: NO_STREAM });
}

const NO_STREAM = "STREAM_DOES_NOT_EXIST";

/** It does not exist, at least for this user. */
export function isUnknownStream({ failure }: ZulipError): boolean {
  return failure.kind === "refused" && failure.code === NO_STREAM;
}
