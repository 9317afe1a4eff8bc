import type { ChatMessage } from "../client/chat-message.ts";
import { fieldsOf, listOf } from "../client/fields.ts";
import { fetchLatest, type NarrowTerm } from "../client/find-messages.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import type { CommandTarget } from "../commands/command-text.ts";
import { readCommand, readMention } from "./read-command.ts";

export interface AlertsOptions {
  readonly client: ZulipClient;
  /** The bot's own user, whom the buttons call. */
  readonly own: { readonly userId: number; readonly fullName: string };
  /** Other users whose buttons are believed: their addresses or numbers. */
  readonly senders: readonly string[];
}

interface Topic {
  readonly stream: string;
  readonly topic: string;
}

/** So many of the latest messages of a topic are looked at. */
const LOOKED_AT = 100;
/** And of all topics, after the bot was away. */
const LOOKED_BACK = 1_000;

/**
 * Messages with buttons say by these what they are about. Every user of Zulip can send buttons, so only those
 * of the bot itself are believed, and of users whom the operator has named.
 */
export class Alerts {
  readonly #options: AlertsOptions;

  constructor(options: AlertsOptions) {
    this.#options = options;
  }

  /** Undefined: it is no alert. */
  targetOf({ senderId, senderEmail, form }: ChatMessage): CommandTarget | undefined {
    const { own, senders } = this.#options;
    const isBelieved =
      senderId === own.userId || senders.includes(senderEmail) || senders.includes(String(senderId));
    if (!isBelieved || form === undefined) return undefined;
    for (const choice of listOf(form["choices"])) {
      const { reply } = fieldsOf(choice);
      const text = typeof reply === "string" ? readMention(reply, own.fullName, own.userId) : undefined;
      const command = text === undefined ? undefined : readCommand(text);
      if (command !== undefined && "target" in command && command.target !== undefined) return command.target;
    }
    return undefined;
  }

  /** What the topic of a message is about: the latest alert there that came before it. */
  async aboutTopicOf({ id, stream, topic }: ChatMessage): Promise<CommandTarget | undefined> {
    if (stream === undefined) return undefined;
    const found = await this.#fetch(placeOf({ stream, topic }), { before: id, count: LOOKED_AT });
    const alerts = found.toSorted((one, other) => other.id - one.id);
    return alerts.map((message) => this.targetOf(message)).find((target) => target !== undefined);
  }

  /** The latest alerts of all topics that were sent since then, in seconds since the epoch. */
  async since(time: number): Promise<readonly ChatMessage[]> {
    const found = await this.#fetch([], { count: LOOKED_BACK });
    return found.filter((message) => message.sentAt >= time && this.targetOf(message) !== undefined);
  }

  /** What the bot and those users have said in a topic since then, in seconds since the epoch. */
  async ofTopicSince(topic: Topic, time: number): Promise<readonly ChatMessage[]> {
    const found = await this.#fetch(placeOf(topic), { count: LOOKED_AT });
    return found.filter((message) => message.sentAt >= time);
  }

  /** The latest of each user who is believed. */
  async #fetch(
    place: readonly NarrowTerm[],
    which: Parameters<typeof fetchLatest>[2],
  ): Promise<readonly ChatMessage[]> {
    const found: ChatMessage[] = [];
    for (const term of this.#senderTerms())
      found.push(...(await fetchLatest(this.#options.client, [...place, term], which)));
    return found;
  }

  #senderTerms() {
    const { own, senders } = this.#options;
    const others = senders.map((sender) => (/^[0-9]+$/.test(sender) ? Number(sender) : sender));
    return [own.userId, ...others].map((operand) => ({ operator: "sender", operand }) as const);
  }
}

function placeOf({ stream, topic }: Topic): readonly NarrowTerm[] {
  return [
    { operator: "stream", operand: stream },
    { operator: "topic", operand: topic },
  ];
}
