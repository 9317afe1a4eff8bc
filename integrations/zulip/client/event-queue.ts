import {
  type ChatMessage,
  type MessageReaction,
  readChatMessage,
  readMessageReaction,
} from "./chat-message.ts";
import { fieldsOf, integerOf, listOf, textOf } from "./fields.ts";
import type { ZulipClient } from "./zulip-client.ts";
import { ZulipError } from "./zulip-error.ts";

/** Somebody has put an emoji below a message, or has taken it away. */
export interface Reaction extends MessageReaction {
  readonly op: "add" | "remove";
  readonly messageId: number;
}

export type ChatEvent =
  | { readonly kind: "message"; readonly id: number; readonly message: ChatMessage }
  | { readonly kind: "reaction"; readonly id: number; readonly reaction: Reaction }
  /** The server was restarted, perhaps as another version, and has kept the queue. */
  | { readonly kind: "restart"; readonly id: number; readonly version: string; readonly isImmediate: boolean }
  /** A heartbeat, or something that nobody has asked for. */
  | { readonly kind: "other"; readonly id: number };

const TYPES = ["message", "reaction", "restart"];
/** Zulip sends a heartbeat within a minute. */
const POLL_MS = 90_000;
const END_WITHIN_MS = 5_000;

/**
 * What happens in the streams of this user, from the moment on when it was registered. An event is told again
 * and again until it was acknowledged. Zulip keeps the queue in its memory, for ten minutes without a poll.
 */
export class EventQueue {
  readonly #client: ZulipClient;
  readonly #id: string;
  readonly #timeoutMs: number;
  #last: number;

  private constructor(client: ZulipClient, queue: { id: string; last: number; timeoutMs: number }) {
    this.#client = client;
    this.#id = queue.id;
    this.#last = queue.last;
    this.#timeoutMs = queue.timeoutMs;
  }

  static async register(client: ZulipClient, signal?: AbortSignal): Promise<EventQueue> {
    const params = { event_types: TYPES, fetch_event_types: [], apply_markdown: false };
    const reply = await client.request("POST", "register", { params, signal });
    const { queue_id, last_event_id, event_queue_longpoll_timeout_seconds } = reply;
    const id = textOf(queue_id);
    if (id === undefined)
      throw new ZulipError(`${client.site} has registered no queue`, { kind: "unanswered" });
    const seconds = integerOf(event_queue_longpoll_timeout_seconds);
    const timeoutMs = seconds === undefined ? POLL_MS : seconds * 1_000;
    return new EventQueue(client, { id, last: integerOf(last_event_id) ?? -1, timeoutMs });
  }

  /** Waits for events after those that were acknowledged. */
  async poll(signal: AbortSignal): Promise<readonly ChatEvent[]> {
    const params = { queue_id: this.#id, last_event_id: this.#last };
    const reply = await this.#client.request("GET", "events", {
      params,
      signal,
      timeoutMs: this.#timeoutMs,
    });
    return listOf(reply["events"]).flatMap(readEvent);
  }

  /** It has been dealt with, as have those before it. */
  acknowledge({ id }: Pick<ChatEvent, "id">): void {
    this.#last = Math.max(this.#last, id);
  }

  /** Without it Zulip would keep the queue for ten minutes. */
  async end(): Promise<void> {
    const params = { queue_id: this.#id };
    await this.#client.request("DELETE", "events", { params, timeoutMs: END_WITHIN_MS });
  }
}

/** Whether the queue is gone, as after a restart of the server. */
export function isLostQueue({ failure }: ZulipError): boolean {
  return failure.kind === "refused" && failure.code === "BAD_EVENT_QUEUE_ID";
}

function readEvent(value: unknown): readonly ChatEvent[] {
  const fields = fieldsOf(value);
  const { type, op } = fields;
  const id = integerOf(fields["id"]);
  if (id === undefined) return [];
  const message = type === "message" ? readChatMessage(fields["message"]) : undefined;
  if (message !== undefined) return [{ kind: "message", id, message }];
  if (type === "restart") {
    const version = textOf(fields["zulip_version"]) ?? "unknown";
    return [{ kind: "restart", id, version, isImmediate: fields["immediate"] === true }];
  }
  const messageId = integerOf(fields["message_id"]);
  const [reaction] = type === "reaction" ? readMessageReaction(value) : [];
  if (reaction === undefined || messageId === undefined || (op !== "add" && op !== "remove"))
    return [{ kind: "other", id }];
  return [{ kind: "reaction", id, reaction: { ...reaction, op, messageId } }];
}
