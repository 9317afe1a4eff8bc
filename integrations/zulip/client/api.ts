import type { Params, Reply, ZulipClient } from "./zulip-client.ts";
import { ZulipError } from "./zulip-error.ts";

export interface StreamMessage {
  readonly stream: string;
  readonly topic: string;
  readonly content: string;
  /** `widget_content`, as JSON. */
  readonly widget?: string | undefined;
}

export interface StoredMessage {
  readonly id: number;
  readonly content: string;
}

export interface ZulipUser {
  readonly userId: number;
  readonly email: string;
  readonly fullName: string;
  readonly isBot: boolean;
}

export interface ServerSettings {
  readonly version: string;
  readonly featureLevel: number;
}

/** Needs no key: it tells whether the site is a Zulip server at all. */
export async function fetchServerSettings(
  client: ZulipClient,
  signal?: AbortSignal,
): Promise<ServerSettings> {
  const reply = await client.request("GET", "server_settings", { isAnonymous: true, signal });
  return {
    version: typeof reply["zulip_version"] === "string" ? reply["zulip_version"] : "unknown",
    featureLevel: readInteger(reply["zulip_feature_level"]) ?? 0,
  };
}

export async function fetchOwnUser(client: ZulipClient, signal?: AbortSignal): Promise<ZulipUser> {
  const reply = await client.request("GET", "users/me", { signal });
  const userId = readInteger(reply["user_id"]);
  const { email, full_name: fullName, is_bot: isBot } = reply;
  if (userId === undefined || typeof email !== "string" || typeof fullName !== "string")
    throw incomplete(client, "GET users/me");
  return { userId, email, fullName, isBot: isBot === true };
}

/** Resolves to the id of the message. `stream` is the type that every version of Zulip knows. */
export async function postMessage(
  client: ZulipClient,
  { stream, topic, content, widget }: StreamMessage,
  signal?: AbortSignal,
): Promise<number> {
  const params: Params = { type: "stream", to: stream, topic, content, widget_content: widget };
  const reply = await client.request("POST", "messages", { params, signal });
  const id = readInteger(reply["id"]);
  if (id === undefined) throw incomplete(client, "POST messages");
  return id;
}

/** Of an own message. Zulip refuses it for one with buttons, and after the time of the organization. */
export async function editMessage(client: ZulipClient, id: number, content: string): Promise<void> {
  await client.request("PATCH", `messages/${id}`, { params: { content } });
}

/** Moves all messages of the topic in which this one stands. Those with buttons can be moved, too. */
export async function renameTopic(
  client: ZulipClient,
  { id, topic }: { readonly id: number; readonly topic: string },
  signal?: AbortSignal,
): Promise<void> {
  const quiet = { send_notification_to_old_thread: false, send_notification_to_new_thread: false };
  const params = { topic, propagate_mode: "change_all", ...quiet };
  await client.request("PATCH", `messages/${id}`, { params, signal });
}

/** The latest messages of this user there, the oldest first, as they were written. */
export async function fetchOwnMessages(
  client: ZulipClient,
  { stream, topic, count }: { readonly stream: string; readonly topic: string; readonly count: number },
  signal?: AbortSignal,
): Promise<readonly StoredMessage[]> {
  const { userId } = await fetchOwnUser(client, signal);
  const narrow = [
    { operator: "stream", operand: stream },
    { operator: "topic", operand: topic },
    { operator: "sender", operand: userId },
  ];
  const window = { anchor: "newest", num_before: count, num_after: 0 };
  const params = { ...window, narrow, apply_markdown: false };
  return readMessages(await client.request("GET", "messages", { params, signal }));
}

/** The id of the newest message that this user can see; 0 if there is none. */
export async function fetchNewestId(client: ZulipClient, signal?: AbortSignal): Promise<number> {
  const params = { anchor: "newest", num_before: 1, num_after: 0, narrow: [], apply_markdown: false };
  const found = readMessages(await client.request("GET", "messages", { params, signal }));
  return found.at(-1)?.id ?? 0;
}

/** Takes an administrator's key: Zulip accepts no emoji from bots. */
export async function uploadEmoji(client: ZulipClient, name: string, png: Uint8Array): Promise<void> {
  const form = new FormData();
  form.set("filename", new Blob([new Uint8Array(png)], { type: "image/png" }), `${name}.png`);
  await client.request("POST", `realm/emoji/${encodeURIComponent(name)}`, { form });
}

/** The names of the custom emoji that are in use. */
export async function fetchEmojiNames(client: ZulipClient): Promise<readonly string[]> {
  const { emoji } = await client.request("GET", "realm/emoji");
  return Object.values(Object(emoji) as Reply)
    .map((one) => Object(one) as { readonly name?: unknown; readonly deactivated?: unknown })
    .flatMap(({ name, deactivated }) => (typeof name === "string" && deactivated !== true ? [name] : []));
}

function readMessages({ messages }: Reply & { readonly messages?: unknown }): readonly StoredMessage[] {
  if (!Array.isArray(messages)) return [];
  return messages.flatMap((message: unknown) => {
    const { id, content } = Object(message) as { readonly id?: unknown; readonly content?: unknown };
    const number = readInteger(id);
    return number === undefined || typeof content !== "string" ? [] : [{ id: number, content }];
  });
}

function readInteger(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) ? value : undefined;
}

function incomplete(client: ZulipClient, what: string): ZulipError {
  return new ZulipError(`the reply of ${client.site} to ${what} is incomplete`, { kind: "unanswered" });
}
