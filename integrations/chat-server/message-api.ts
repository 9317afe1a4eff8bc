import { badRequest } from "./api-error.ts";
import type { FakeContext, Handler } from "./context.ts";
import { compileNarrow } from "./narrow.ts";
import { messageEvent, renderMessage } from "./render-message.ts";
import { checkWidget } from "./widget.ts";
import { canSee, cut, type FakeMessage, type FakeStream, type FakeUser, MAX_TOPIC } from "./world.ts";

/** The feature level from which on `channel` and `direct` are types, too. */
const CHANNEL_SINCE = 248;
const DIRECT_SINCE = 174;
const ADMINISTRATOR = 200;

export const sendMessage: Handler = ({ world, queues, user, params, options, now, client }) => {
  const type = params.required("type");
  const level = options.featureLevel;
  const widgetText = params.text("widget_content");
  const content = params.required("content");
  if (content.trim() === "") throw badRequest("Message must not be empty");
  const widget = widgetText === undefined ? undefined : checkWidget(widgetText);
  const common = { senderId: user.id, client, widget, content, timestamp: Math.floor(now() / 1000) };
  const isStream = type === "stream" || (type === "channel" && level >= CHANNEL_SINCE);
  const isDirect = type === "private" || (type === "direct" && level >= DIRECT_SINCE);
  if (!isStream && !isDirect) throw badRequest("Invalid type");
  const message = isStream
    ? world.store({ ...common, ...streamTarget({ world, user, params }) })
    : world.store({ ...common, streamId: undefined, topic: "", recipients: directTarget({ world, params }) });
  const localId = params.text("local_id");
  const ownQueue = params.text("queue_id");
  queues.tell("message", (queue) =>
    messageEvent({ world, message, queue, ...(ownQueue === queue.id && { localId }) }),
  );
  return { id: message.id };
};

type Target = Pick<FakeContext, "world" | "params">;

function streamTarget({ world, user, params }: Target & Pick<FakeContext, "user">) {
  const to = params.required("to");
  const name = readTo(to);
  const stream = world.stream(name);
  if (stream === undefined) throw noStream(name);
  checkMayPost(user, stream);
  const topic = params.text("topic") ?? params.text("subject");
  if (topic === undefined) throw badRequest("Missing topic");
  if (topic.trim() === "") throw badRequest("Topic can't be empty!");
  return { streamId: stream.id, topic: topic.trim(), recipients: [] };
}

/** In the words of Zulip 8. Its code for it is that of any other mistake. */
function checkMayPost({ id, role }: FakeUser, stream: FakeStream): void {
  if (stream.isAnnouncements && role > ADMINISTRATOR)
    throw badRequest("Only organization administrators can send to this stream.");
  if (!canSee(id, stream)) throw badRequest(`Not authorized to send to stream '${stream.name}'`);
}

function noStream(name: string | number) {
  return Object.assign(badRequest(`Stream '${name}' does not exist`), {
    code: "STREAM_DOES_NOT_EXIST",
    more: { stream: name },
  });
}

/** A name as it is, a number or a list as JSON. */
function readTo(text: string): string | number {
  try {
    const value: unknown = JSON.parse(text);
    const [only = value] = Array.isArray(value) ? value : [];
    return typeof only === "number" ? only : String(only);
  } catch {
    return text;
  }
}

function directTarget({ world, params }: Target): readonly number[] {
  const value = params.json("to");
  const wanted = Array.isArray(value) ? value : [value];
  return wanted.map((one) => {
    const user = world.users.find(({ id, email }) => id === one || email === one);
    if (user === undefined) throw badRequest("Invalid user ID");
    return user.id;
  });
}

export const getMessages: Handler = ({ world, user, params }) => {
  const matches = compileNarrow(params.json("narrow"), { world, user });
  const visible = world.messages.filter((message) => world.canRead(user.id, message) && matches(message));
  const anchor = params.text("anchor") ?? "newest";
  const before = params.number("num_before", 0);
  const after = params.number("num_after", 0);
  const at = anchorId(anchor);
  const older = visible.filter(({ id }) => id < at);
  const exact = visible.filter(({ id }) => id === at && params.flag("include_anchor", true));
  const newer = visible.filter(({ id }) => id > at);
  const found = [...older.slice(Math.max(0, older.length - before)), ...exact, ...newer.slice(0, after)];
  const isRaw = !params.flag("apply_markdown", true);
  return {
    messages: found.map((message) => ({ ...renderMessage({ world, message, isRaw }), flags: ["read"] })),
    found_anchor: exact.length > 0,
    found_oldest: older.length <= before,
    found_newest: newer.length <= after,
    history_limited: false,
    anchor: Number.isFinite(at) ? at : 10_000_000_000_000_000,
  };
};

function anchorId(anchor: string): number {
  switch (anchor) {
    case "newest":
      return Number.POSITIVE_INFINITY;
    case "oldest":
      return 0;
    default:
      if (!/^\d+$/.test(anchor)) throw badRequest("Invalid anchor");
      return Number(anchor);
  }
}

export const getMessage: Handler = ({ world, user, params }, id) => {
  const message = findMessage(world, id, user.id);
  const isRaw = !params.flag("apply_markdown", true);
  return { message: renderMessage({ world, message, isRaw }), raw_content: message.content };
};

/** What a real server adds to its limit, so that it takes what a person saves in the last moment. */
const EDIT_GRACE = 20;

export const editMessage: Handler = ({ world, queues, user, params, options, now }, id) => {
  const message = findMessage(world, id, user.id);
  const content = params.text("content");
  const topic = params.text("topic");
  if (message.senderId !== user.id) throw badRequest("You don't have permission to edit this message");
  if (content === undefined && topic === undefined) throw badRequest("Nothing to change");
  if (content !== undefined) {
    if (message.widget !== undefined) throw badRequest("Widgets cannot be edited.");
    checkEditLimit(now() / 1000 - message.timestamp, options.editLimit);
  }
  const before = message.topic;
  if (content !== undefined) message.content = content;
  if (topic !== undefined) moveTopic(world.messages, message, { topic, mode: params.text("propagate_mode") });
  const event = {
    type: "update_message",
    message_id: message.id,
    user_id: user.id,
    stream_id: message.streamId,
    ...(content !== undefined && { content }),
    ...(topic !== undefined && { orig_subject: before, subject: message.topic }),
  };
  queues.tell("update_message", ({ userId }) => (world.canRead(userId, message) ? event : undefined));
  return {};
};

function checkEditLimit(age: number, limit: number): void {
  if (limit === 0) throw badRequest("Your organization has turned off message editing");
  if (age > limit + EDIT_GRACE) throw badRequest("The time limit for editing this message has passed");
}

function moveTopic(
  messages: readonly FakeMessage[],
  message: FakeMessage,
  { topic, mode = "change_one" }: { readonly topic: string; readonly mode: string | undefined },
): void {
  const before = message.topic;
  for (const other of messages) {
    if (other.streamId !== message.streamId || other.topic !== before) continue;
    const isMoved =
      other === message || mode === "change_all" || (mode === "change_later" && other.id > message.id);
    if (isMoved) other.topic = cut(topic, MAX_TOPIC, "...");
  }
}

export function findMessage(world: FakeContext["world"], id: string, userId: number): FakeMessage {
  const found = world.messages.find((message) => message.id === Number(id));
  if (found === undefined || !world.canRead(userId, found)) throw badRequest("Invalid message(s)");
  return found;
}
