import { retryAfterMs } from "../../../src/gearman/back-off.ts";
import { fetchOwnMessages, postMessage, type StreamMessage } from "./api.ts";
import { type Clock, REAL_CLOCK } from "./clock.ts";
import type { ZulipClient } from "./zulip-client.ts";
import { ZulipError, type ZulipFailure } from "./zulip-error.ts";

export interface SenderOptions {
  readonly client: ZulipClient;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Told before each wait. */
  readonly onTrouble?: (error: ZulipError, waitMs: number) => void;
}

export interface Sending {
  /** Messages up to this id were there before the first attempt. */
  readonly after: number;
  /** An earlier attempt may have succeeded. */
  readonly isUncertain?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** How often it is tried again. */
  readonly retries?: number;
}

/** Between attempts of anything. */
export const BACK_OFF = { firstMs: 1_000, atMostMs: 60_000 };
/** A message that may have arrived is among so many latest ones of its topic. */
const LOOKED_AT = 20;

/**
 * Sends a message until it is there. Zulip takes the same message twice, so after an attempt without an
 * answer it is looked for among the own messages of its topic before it is sent again.
 */
export class MessageSender {
  readonly #options: SenderOptions;
  readonly #clock: Clock;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? REAL_CLOCK;
  }

  /** Resolves to the message's id. Throws a ZulipError if it was refused, or if nothing more is tried. */
  async send(message: StreamMessage, sending: Sending): Promise<number> {
    const { signal, retries = Number.POSITIVE_INFINITY } = sending;
    let isUncertain = sending.isUncertain ?? false;
    for (let failures = 1; ; failures += 1) {
      const attempt = await this.#attempt(message, { ...sending, isUncertain });
      if (typeof attempt === "number") return attempt;
      isUncertain ||= attempt.failure.kind === "unanswered";
      const waitMs = this.#waitMs(attempt.failure, failures);
      if (waitMs === undefined || failures > retries) throw attempt;
      this.#options.onTrouble?.(attempt, waitMs);
      await this.#clock.sleep(waitMs, signal);
      if (signal?.aborted) throw attempt;
    }
  }

  /** The id of the message, or why there is none. */
  async #attempt(message: StreamMessage, sending: Sending): Promise<number | ZulipError> {
    try {
      const found = sending.isUncertain ? await this.#find(message, sending) : undefined;
      return found ?? (await postMessage(this.#options.client, message, sending.signal));
    } catch (error) {
      if (error instanceof ZulipError) return error;
      throw error;
    }
  }

  /** Undefined: it is not tried again. */
  #waitMs(failure: ZulipFailure, failures: number): number | undefined {
    switch (failure.kind) {
      case "rate-limited":
        return failure.waitMs;
      case "unanswered":
      case "unreachable":
        return retryAfterMs(failures, BACK_OFF, this.#options.random);
      case "refused":
      case "unauthorized":
        return undefined;
    }
  }

  /** A stream that does not exist has no message. */
  async #find(message: StreamMessage, { after, signal }: Sending): Promise<number | undefined> {
    const place = { stream: message.stream, topic: message.topic, count: LOOKED_AT };
    try {
      const found = await fetchOwnMessages(this.#options.client, place, signal);
      return found.find(({ id, content }) => id > after && content.trimEnd() === message.content.trimEnd())
        ?.id;
    } catch (error) {
      if (error instanceof ZulipError && error.failure.kind === "refused") return undefined;
      throw error;
    }
  }
}
