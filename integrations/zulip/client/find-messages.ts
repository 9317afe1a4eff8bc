import { type ChatMessage, readChatMessage } from "./chat-message.ts";
import { fieldsOf, listOf } from "./fields.ts";
import type { ZulipClient } from "./zulip-client.ts";
import { ZulipError } from "./zulip-error.ts";

/** `{ operator: "topic", operand: "web1" }` */
export interface NarrowTerm {
  readonly operator: "stream" | "topic" | "sender" | "is";
  readonly operand: string | number;
}

/** Zulip gives at most 5,000 at once. */
const AT_ONCE = 1_000;

/** Undefined: it is gone, or this user may not see it. */
export async function fetchMessage(
  client: ZulipClient,
  id: number,
  signal?: AbortSignal,
): Promise<ChatMessage | undefined> {
  const params = { apply_markdown: false };
  const reply = await unlessRefused(client.request("GET", `messages/${id}`, { params, signal }));
  return readChatMessage(fieldsOf(reply)["message"]);
}

/** The latest before an id, or of all, the oldest first. None: there is no such place. */
export async function fetchLatest(
  client: ZulipClient,
  narrow: readonly NarrowTerm[],
  {
    before,
    count,
    signal,
  }: { readonly before?: number; readonly count: number; readonly signal?: AbortSignal },
): Promise<readonly ChatMessage[]> {
  const params = {
    narrow,
    anchor: before ?? "newest",
    num_before: count,
    num_after: 0,
    apply_markdown: false,
    include_anchor: before === undefined,
  };
  return readAll(await unlessRefused(client.request("GET", "messages", { params, signal })));
}

/** All after an id, the oldest first. */
export async function* fetchAfter(
  client: ZulipClient,
  narrow: readonly NarrowTerm[],
  after: number,
): AsyncGenerator<ChatMessage> {
  for (let anchor = after; ; ) {
    const params = {
      narrow,
      anchor,
      num_before: 0,
      num_after: AT_ONCE,
      apply_markdown: false,
      include_anchor: false,
    };
    const reply = await client.request("GET", "messages", { params });
    const newer = readAll(reply).filter(({ id }) => id > anchor);
    yield* newer;
    const last = newer.at(-1)?.id;
    if (last === undefined || reply["found_newest"] === true) return;
    anchor = last;
  }
}

/** Undefined: Zulip does not know it, or does not show it. */
export async function unlessRefused<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ZulipError && error.failure.kind === "refused") return undefined;
    throw error;
  }
}

function readAll(reply: unknown): readonly ChatMessage[] {
  return listOf(fieldsOf(reply)["messages"]).flatMap((one) => readChatMessage(one) ?? []);
}
