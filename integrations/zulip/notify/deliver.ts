import type { MessageSender, Sending } from "../client/message-sender.ts";
import { explainRefusal, isUnknownStream } from "../client/streams.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { ZulipError } from "../client/zulip-error.ts";
import { MAX_CONTENT } from "./message.ts";
import type { Batch } from "./plan.ts";
import { cutCharacters, safeText } from "./safe-text.ts";
import type { Texts } from "./texts.ts";

export type Delivery =
  | {
      readonly kind: "sent";
      readonly id: number;
      readonly isMisplaced: boolean;
      /** What an operator should mend. */
      readonly remarks: readonly string[];
    }
  | { readonly kind: "refused"; readonly reason: string };

export interface DeliveryOptions extends Sending {
  readonly sender: MessageSender;
  /** Asked why a message was refused. */
  readonly client: ZulipClient;
  /** Where messages go that their own stream refuses. */
  readonly stream: string;
  readonly texts: Pick<Texts, "misplaced">;
}

type Addressed = Pick<Batch, "stream" | "topic" | "content" | "widget">;

/**
 * Sends a message. If Zulip refuses it as it is, it goes without buttons, then to the usual stream: a
 * mistake in the configuration must not cost a notification. Other failures are thrown.
 */
export async function deliver(batch: Batch, options: DeliveryOptions): Promise<Delivery> {
  const remarks: string[] = [];
  const missing = new Set<string>();
  for (const attempt of attempts(batch, options)) {
    if (missing.has(attempt.stream)) continue;
    try {
      const id = await options.sender.send(attempt, options);
      return { kind: "sent", id, remarks, isMisplaced: attempt.stream !== batch.stream };
    } catch (error) {
      if (!(error instanceof ZulipError) || error.failure.kind !== "refused") throw error;
      const explained = await explainRefusal(error, options.client, {
        stream: attempt.stream,
        signal: options.signal,
      });
      if (isUnknownStream(explained)) missing.add(attempt.stream);
      remarks.push(explained.message);
    }
  }
  return { kind: "refused", reason: remarks.at(-1) ?? "Zulip has refused it" };
}

function attempts(batch: Batch, { stream, texts }: DeliveryOptions): readonly Addressed[] {
  const plain = { ...batch, widget: undefined };
  const all: Addressed[] = batch.widget === undefined ? [plain] : [batch, plain];
  if (batch.stream === stream) return all;
  const note = texts.misplaced(safeText(batch.stream, 60), safeText(batch.topic, 60));
  const content = cutCharacters(`${batch.content}\n${note}`, MAX_CONTENT);
  return [...all, { ...plain, stream, content }];
}
