import type { Log } from "../../../src/log.ts";
import { renameTopic } from "../client/api.ts";
import { fetchLatest, fetchMessage } from "../client/find-messages.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { ZulipError } from "../client/zulip-error.ts";
import type { Batch } from "./plan.ts";
import { isResolved, type Resolving, resolvedTopic } from "./topic.ts";

export interface ResolvedTopicsOptions {
  readonly client: ZulipClient;
  readonly resolving: Resolving;
  readonly log: Log;
}

type Place = Pick<Batch, "stream" | "topic">;

const MAX_PLACES = 20_000;

/**
 * Zulip renames a topic that somebody marks as resolved, so the recovery that comes next would begin another
 * one. A new problem does begin one, as with Zulip's own integrations: when that is resolved, Zulip joins the
 * two.
 */
export class ResolvedTopics {
  readonly #options: ResolvedTopicsOptions;
  /** The last message that was sent to each place. */
  readonly #last = new Map<string, number>();
  #isRefused = false;

  constructor(options: ResolvedTopicsOptions) {
    this.#options = options;
  }

  /** Where a batch is to be sent. Throws a ZulipError if Zulip cannot be asked. */
  async place(batch: Batch, signal: AbortSignal): Promise<Batch> {
    if (this.#options.resolving === "off" || batch.follows !== true) return batch;
    return (await this.#wasResolved(batch, signal)) ? { ...batch, topic: resolvedTopic(batch.topic) } : batch;
  }

  async #wasResolved(place: Place, signal: AbortSignal): Promise<boolean> {
    const { client } = this.#options;
    const resolved = resolvedTopic(place.topic);
    const last = this.#last.get(keyOf(place));
    const message = last === undefined ? undefined : await fetchMessage(client, last, signal);
    if (message !== undefined) return message.topic === resolved;
    if (await this.#isThere(place, signal)) return false;
    return this.#isThere({ ...place, topic: resolved }, signal);
  }

  async #isThere({ stream, topic }: Place, signal: AbortSignal): Promise<boolean> {
    const narrow = [
      { operator: "stream", operand: stream },
      { operator: "topic", operand: topic },
    ] as const;
    return (await fetchLatest(this.#options.client, narrow, { count: 1, signal })).length > 0;
  }

  /** A message of the place was sent. */
  async sent(batch: Batch, id: number, signal: AbortSignal): Promise<void> {
    const { resolving } = this.#options;
    if (resolving === "off") return;
    this.#remember(keyOf(batch), id);
    if (resolving !== "resolve" || batch.ends !== true || isResolved(batch.topic)) return;
    await this.#resolve(batch, id, signal);
  }

  #remember(key: string, id: number): void {
    this.#last.delete(key);
    this.#last.set(key, id);
    const [oldest] = this.#last.keys();
    if (this.#last.size > MAX_PLACES && oldest !== undefined) this.#last.delete(oldest);
  }

  /** The message is there: no failure must send it again. */
  async #resolve({ stream, topic }: Place, id: number, signal: AbortSignal): Promise<void> {
    const { client, log } = this.#options;
    try {
      await renameTopic(client, { id, topic: resolvedTopic(topic) }, signal);
      this.#isRefused = false;
    } catch (error) {
      if (!(error instanceof ZulipError)) throw error;
      const level = this.#isRefused ? "debug" : "warn";
      this.#isRefused = error.failure.kind === "refused";
      log[level]({ stream, topic }, `the topic is not marked as resolved: ${error.message}`);
    }
  }
}

function keyOf({ stream, topic }: Place): string {
  return `${stream}\n${topic}`;
}
