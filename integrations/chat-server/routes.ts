import type { Handler } from "./context.ts";
import { addReaction, listEmoji, removeReaction, uploadEmoji } from "./emoji-api.ts";
import { deleteQueue, getEvents, register } from "./event-api.ts";
import { editMessage, getMessage, getMessages, sendMessage } from "./message-api.ts";
import {
  getUser,
  listGroups,
  listStreams,
  listSubscriptions,
  listUsers,
  ownUser,
  streamId,
  subscribe,
} from "./people-api.ts";

/** `METHOD path`, where `*` is a part of the path that the handler is given. */
const ROUTES: Readonly<Record<string, Handler>> = {
  "GET users/me": ownUser,
  "GET users": listUsers,
  "GET users/*": getUser,
  "GET user_groups": listGroups,
  "GET streams": listStreams,
  "GET get_stream_id": streamId,
  "GET users/me/subscriptions": listSubscriptions,
  "POST users/me/subscriptions": subscribe,
  "POST register": register,
  "GET events": getEvents,
  "DELETE events": deleteQueue,
  "POST messages": sendMessage,
  "GET messages": getMessages,
  "GET messages/*": getMessage,
  "PATCH messages/*": editMessage,
  "POST messages/*/reactions": addReaction,
  "DELETE messages/*/reactions": removeReaction,
  "GET realm/emoji": listEmoji,
  "POST realm/emoji/*": uploadEmoji,
};

export function findRoute(
  method: string,
  path: string,
): { readonly handler: Handler; readonly id: string } | undefined {
  const exact = ROUTES[`${method} ${path}`];
  if (exact !== undefined) return { handler: exact, id: "" };
  for (const [pattern, handler] of Object.entries(ROUTES)) {
    if (!pattern.includes("*")) continue;
    const [, id] = new RegExp(`^${pattern.replace("*", "([^/]+)")}$`).exec(`${method} ${path}`) ?? [];
    if (id !== undefined) return { handler, id: decodeURIComponent(id) };
  }
  return undefined;
}
