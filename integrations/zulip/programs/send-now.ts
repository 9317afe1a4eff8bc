import { fetchNewestId, fetchOwnUser } from "../client/api.ts";
import { MessageSender } from "../client/message-sender.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { ZulipError } from "../client/zulip-error.ts";
import { deliver } from "../notify/deliver.ts";
import { renderNotice } from "../notify/message.ts";
import { type Macros, readNotice } from "../notify/notice.ts";
import type { NotifierSettings } from "../settings/table.ts";
import { NO_HOST } from "./keep-notice.ts";

const RETRIES = 2;

/** Sends a notification at once. A text says why that was not possible. */
export async function sendNow(
  macros: Macros,
  { client, messages }: { readonly client: ZulipClient; readonly messages: NotifierSettings["messages"] },
): Promise<string | undefined> {
  const notice = readNotice(macros, Date.now());
  if (notice === undefined) return NO_HOST;
  try {
    const botName = await findBotName(client, messages);
    const message = renderNotice(notice, { ...messages.style, botName });
    if (message === undefined) return undefined;
    const after = await fetchNewestId(client);
    const { stream, texts } = messages.style;
    const sender = new MessageSender({ client });
    const delivery = await deliver(
      { kind: "single", entries: [], ...message },
      { sender, client, after, retries: RETRIES, stream, texts },
    );
    return delivery.kind === "sent" ? undefined : delivery.reason;
  } catch (error) {
    if (error instanceof ZulipError) return error.message;
    throw error;
  }
}

/** Undefined: messages have no buttons. */
export async function findBotName(
  client: ZulipClient,
  { hasButtons, botName }: NotifierSettings["messages"],
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!hasButtons) return undefined;
  return botName ?? (await fetchOwnUser(client, signal)).fullName;
}
