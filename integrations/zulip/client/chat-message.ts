import { type Fields, fieldsOf, integerOf, listOf, textOf } from "./fields.ts";

/** Which emoji somebody has put below a message. Names are aliases; the type and the code are unique. */
export interface MessageReaction {
  readonly userId: number;
  readonly name: string;
  readonly code: string;
  readonly type: string;
}

/** A message as people see it, with what stands below it. */
export interface ChatMessage {
  readonly id: number;
  /** Undefined: it is a direct message. */
  readonly stream: string | undefined;
  readonly streamId: number | undefined;
  readonly topic: string;
  /** As it was written. */
  readonly content: string;
  readonly senderId: number;
  readonly senderEmail: string;
  /** Seconds since the epoch, by the server's clock. */
  readonly sentAt: number;
  /** The `extra_data` of its buttons. Undefined: it has none. */
  readonly form: Fields | undefined;
  readonly reactions: readonly MessageReaction[];
}

/** Undefined: it is no message. */
export function readChatMessage(value: unknown): ChatMessage | undefined {
  const fields = fieldsOf(value);
  const { type, display_recipient, subject, content, sender_email, timestamp, submessages } = fields;
  const id = integerOf(fields["id"]);
  const senderId = integerOf(fields["sender_id"]);
  if (id === undefined || senderId === undefined || typeof content !== "string") return undefined;
  return {
    id,
    senderId,
    content,
    stream: type === "stream" ? textOf(display_recipient) : undefined,
    streamId: integerOf(fields["stream_id"]),
    topic: textOf(subject) ?? "",
    senderEmail: textOf(sender_email) ?? "",
    sentAt: integerOf(timestamp) ?? 0,
    form: readForm(listOf(submessages), senderId),
    reactions: listOf(fields["reactions"]).flatMap(readMessageReaction),
  };
}

/** In a message, and in an event. */
export function readMessageReaction(value: unknown): readonly MessageReaction[] {
  const { user_id, emoji_name, emoji_code, reaction_type } = fieldsOf(value);
  const userId = integerOf(user_id);
  const [name, code, type] = [emoji_name, emoji_code, reaction_type].map(textOf);
  if (userId === undefined || name === undefined || code === undefined || type === undefined) return [];
  return [{ userId, name, code, type }];
}

/** Others may add to a message that has a widget, so only what its sender has added counts. */
function readForm(submessages: readonly unknown[], senderId: number): Fields | undefined {
  for (const one of submessages) {
    const { sender_id, msg_type, content } = fieldsOf(one);
    if (sender_id !== senderId || msg_type !== "widget" || typeof content !== "string") continue;
    const { widget_type, extra_data } = parse(content);
    return widget_type === "zform" ? fieldsOf(extra_data) : undefined;
  }
  return undefined;
}

function parse(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}
