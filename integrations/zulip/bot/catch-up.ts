import type { Clock } from "../client/clock.ts";
import type { Reaction } from "../client/event-queue.ts";
import { fetchAfter } from "../client/find-messages.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import type { ActionJournal } from "./action-journal.ts";
import type { Petition, Petitions } from "./petitions.ts";
import type { Position } from "./position.ts";
import { nextOperation, reactionsThere, readOperation } from "./reaction-operations.ts";
import { keyOfReaction, readReaction } from "./read-reaction.ts";

export interface CatchUpOptions {
  readonly client: ZulipClient;
  readonly journal: ActionJournal;
  readonly position: Position;
  readonly petitions: Petitions;
  readonly clock: Clock;
}

/** The journal knows longer what was done than that, so nothing is taken for new that is not. */
const REACTIONS_WITHIN_SECONDS = 7 * 86_400;

/** What was asked for while nobody listened, in the order in which it is to be done. */
export async function* missedPetitions(options: CatchUpOptions): AsyncGenerator<Petition> {
  const { client, position, petitions, clock } = options;
  const silenceMs = position.silence(clock.now());
  const mentions = [{ operator: "is", operand: "mentioned" }] as const;
  for await (const message of fetchAfter(client, mentions, position.message ?? 0)) {
    const petition = await petitions.ofMessage(message);
    if (petition !== undefined) yield petition;
  }
  // Zulip does not tell when somebody has put an emoji somewhere: it may have been at once.
  for (const reaction of await missedReactions(options)) {
    const petition = await petitions.ofReaction(reaction, silenceMs);
    if (petition !== undefined) yield petition;
  }
}

/** At the first start what is there already asks for nothing. */
export async function takeAsKnown(options: CatchUpOptions): Promise<void> {
  const { journal, clock } = options;
  for (const reaction of await missedReactions(options)) {
    const key = nextOperation(journal, reaction);
    if (key === undefined) continue;
    journal.begin(key, clock.now(), reaction.name);
    journal.told(key);
  }
}

async function missedReactions({ journal, petitions, clock }: CatchUpOptions): Promise<readonly Reaction[]> {
  const alerts = await petitions.alerts.since(clock.now() / 1_000 - REACTIONS_WITHIN_SECONDS);
  const there = alerts.flatMap(({ id, reactions }) =>
    reactions.map((one): Reaction => ({ ...one, op: "add", messageId: id })),
  );
  const added = there.filter((one) => readReaction(one) !== undefined);
  const [ids, keys] = [new Set(alerts.map(({ id }) => id)), new Set(added.map(keyOfReaction))];
  const removed = reactionsThere(journal).flatMap((key): readonly Reaction[] => {
    const operation = readOperation(key);
    const isGone = operation && ids.has(operation.messageId) && !keys.has(keyOfReaction(operation));
    return isGone ? [{ ...operation, op: "remove", name: journal.get(key)?.note ?? "" }] : [];
  });
  return [...removed, ...added];
}
