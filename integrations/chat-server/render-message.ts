import type { FakeEvent, QueueOptions } from "./event-queues.ts";
import type { FakeMessage, World } from "./world.ts";

interface Rendering {
  readonly world: World;
  readonly message: FakeMessage;
  readonly isRaw: boolean;
}

/** The fields of a recorded message, in their order. */
export function renderMessage({ world, message, isRaw }: Rendering) {
  const sender = world.user(message.senderId);
  const stream = message.streamId === undefined ? undefined : world.stream(message.streamId);
  return {
    id: message.id,
    sender_id: message.senderId,
    content: isRaw ? message.content : `<p>${escapeHtml(message.content)}</p>`,
    recipient_id: 28 + (message.streamId ?? 0),
    timestamp: message.timestamp,
    client: message.client,
    subject: message.topic,
    topic_links: [],
    is_me_message: message.content.startsWith("/me "),
    reactions: message.reactions.map(({ userId, name, code, type }) => ({
      user_id: userId,
      emoji_name: name,
      emoji_code: code,
      reaction_type: type,
    })),
    submessages: submessages(message),
    sender_full_name: sender?.fullName,
    sender_email: sender?.email,
    sender_realm_str: "rig6",
    display_recipient: stream?.name ?? message.recipients.map((id) => ({ id })),
    type: stream === undefined ? "private" : "stream",
    ...(stream && { stream_id: stream.id }),
    avatar_url: null,
    content_type: isRaw ? "text/x-markdown" : "text/html",
  };
}

function submessages({ id, senderId, widget }: FakeMessage) {
  if (widget === undefined) return [];
  return [{ id: 1, message_id: id, sender_id: senderId, msg_type: "widget", content: widget }];
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Who is told of a message, and with which flags. */
export function messageEvent({
  world,
  message,
  queue,
  localId,
}: Omit<Rendering, "isRaw"> & {
  readonly queue: QueueOptions;
  readonly localId?: string | undefined;
}): FakeEvent | undefined {
  const user = world.user(queue.userId);
  const stream = message.streamId === undefined ? undefined : world.stream(message.streamId);
  const isReader =
    stream === undefined
      ? message.recipients.includes(queue.userId) || message.senderId === queue.userId
      : stream.subscribers.has(queue.userId) || (queue.allStreams && !stream.isPrivate);
  const isWanted = queue.narrow.every(([operator, operand]) =>
    operator === "stream" ? stream?.name === operand : message.topic === operand,
  );
  if (!isReader || !isWanted) return undefined;
  const isMentioned = message.content.includes(`@**${user?.fullName}**`);
  return {
    type: "message",
    message: renderMessage({ world, message, isRaw: true }),
    flags: isMentioned ? ["mentioned"] : [],
    ...(localId !== undefined && { local_message_id: localId }),
  };
}
