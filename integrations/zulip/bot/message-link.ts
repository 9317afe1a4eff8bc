import type { ChatMessage } from "../client/chat-message.ts";

/** The address of a message. It leads there also when the topic has another name by then. */
export function renderMessageLink(
  site: string,
  { id, streamId, topic }: Pick<ChatMessage, "id" | "streamId" | "topic">,
): string {
  return `${site}/#narrow/stream/${streamId ?? 0}/topic/${encodeHash(topic)}/near/${id}`;
}

/** As Zulip writes what follows `#`: points in place of percent signs. */
function encodeHash(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*.]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%", ".");
}
