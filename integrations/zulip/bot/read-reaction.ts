import type { Reaction } from "../client/event-queue.ts";
import { readDuration } from "./duration.ts";
import type { Verb } from "./read-command.ts";

export interface ReactionCommand {
  readonly verb: Extract<Verb, "acknowledge" | "unacknowledge" | "downtime" | "cancel">;
  readonly seconds: number | undefined;
}

/** The names of the emoji pack that ask for something. Those of states only show one. */
const [ACKNOWLEDGE, DURATIONS] = ["ack", ["1h", "8h", "1d", "7d"]];

/**
 * What a reaction to a problem's message asks for; to take it back asks for the opposite. Undefined: it is
 * talk. Only emoji that the organisation has uploaded count: a name of Unicode's could become an alias of
 * something else with any version of Zulip.
 */
export function readReaction({
  op,
  name,
  type,
}: Pick<Reaction, "op" | "name" | "type">): ReactionCommand | undefined {
  if (type !== "realm_emoji") return undefined;
  const isAdded = op === "add";
  if (name === ACKNOWLEDGE) return { verb: isAdded ? "acknowledge" : "unacknowledge", seconds: undefined };
  if (!DURATIONS.includes(name)) return undefined;
  return isAdded ? { verb: "downtime", seconds: readDuration(name) } : { verb: "cancel", seconds: undefined };
}

/** The same reaction of the same user has the same key, however often Zulip tells it. */
export function keyOfReaction({
  messageId,
  userId,
  type,
  code,
}: Pick<Reaction, "messageId" | "userId" | "type" | "code">): string {
  return `reaction ${messageId} ${userId} ${type} ${code}`;
}
