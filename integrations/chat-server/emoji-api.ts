import { ApiError, badRequest } from "./api-error.ts";
import type { FakeContext, Handler } from "./context.ts";
import { findMessage } from "./message-api.ts";
import type { FakeMessage, FakeReaction } from "./world.ts";

/** Some of the emoji that everybody has. `nope` is one, which programs do not expect. */
const UNICODE: Readonly<Record<string, string>> = {
  thumbs_up: "1f44d",
  check: "2705",
  nope: "1f645",
  zzz: "1f4a4",
};

export const addReaction: Handler = (context, id) => {
  const { world, user } = context;
  const message = findMessage(world, id, user.id);
  const reaction = readReaction(context);
  if (message.reactions.some(isSame(reaction)))
    throw new ApiError("REACTION_ALREADY_EXISTS", "Reaction already exists.");
  message.reactions.push(reaction);
  tellReaders(context, message, { op: "add", reaction });
  return {};
};

export const removeReaction: Handler = (context, id) => {
  const { world, user } = context;
  const message = findMessage(world, id, user.id);
  const reaction = readReaction(context);
  const at = message.reactions.findIndex(isSame(reaction));
  if (at < 0) throw new ApiError("REACTION_DOES_NOT_EXIST", "Reaction doesn't exist.");
  message.reactions.splice(at, 1);
  tellReaders(context, message, { op: "remove", reaction });
  return {};
};

function readReaction({ world, user, params }: FakeContext): FakeReaction {
  const name = params.required("emoji_name");
  const own = world.emoji.get(name);
  if (own !== undefined) return { userId: user.id, name, code: own, type: "realm_emoji" };
  const code = UNICODE[name];
  if (code === undefined) throw badRequest(`Emoji '${name}' does not exist`);
  return { userId: user.id, name, code, type: "unicode_emoji" };
}

function isSame({ userId, code, type }: FakeReaction): (other: FakeReaction) => boolean {
  return (other) => other.userId === userId && other.code === code && other.type === type;
}

function tellReaders(
  context: FakeContext,
  message: FakeMessage,
  change: { op: "add" | "remove"; reaction: FakeReaction },
): void {
  const event = reactionEvent(context, { ...change, messageId: message.id });
  context.queues.tell("reaction", ({ userId }) =>
    context.world.canRead(userId, message) ? event : undefined,
  );
}

function reactionEvent(
  { user }: FakeContext,
  { op, messageId, reaction }: { op: "add" | "remove"; messageId: number; reaction: FakeReaction },
) {
  return {
    type: "reaction",
    op,
    user_id: user.id,
    user: { user_id: user.id, email: user.email, full_name: user.fullName },
    message_id: messageId,
    emoji_name: reaction.name,
    emoji_code: reaction.code,
    reaction_type: reaction.type,
  };
}

export const uploadEmoji: Handler = ({ world, user, params }, name) => {
  if (user.isBot) throw badRequest("This endpoint does not accept bot requests.");
  if (user.role > 200) throw badRequest("Insufficient permission");
  if (!/^[0-9a-z _-]+$/.test(name))
    throw badRequest(
      "Emoji names must contain only lowercase English letters, digits, spaces, dashes, and underscores.",
    );
  if (params.files !== 1) throw badRequest("You must upload exactly one file.");
  if (world.emoji.has(name)) throw badRequest("A custom emoji with this name already exists.");
  world.emoji.set(name, String(world.emoji.size + 1));
  return {};
};

export const listEmoji: Handler = ({ world, user }) => ({
  emoji: Object.fromEntries(
    [...world.emoji].map(([name, id]) => [
      id,
      {
        id,
        name,
        source_url: `/user_avatars/2/emoji/images/${id}.png`,
        deactivated: false,
        author_id: user.id,
      },
    ]),
  ),
});
