import type { Reaction } from "../client/event-queue.ts";
import type { ActionJournal } from "./action-journal.ts";
import { keyOfReaction } from "./read-reaction.ts";

/**
 * What people do with one emoji below one message is numbered: 1 they add it, 2 they take it away, 3 they add
 * it again. So what is told twice has no number of its own, and the journal knows which emoji are there.
 */
export interface Operation extends Pick<Reaction, "messageId" | "userId" | "code" | "type" | "op"> {
  readonly number: number;
}

const KEY = /^reaction (?<message>\d+) (?<user>\d+) (?<type>\S+) (?<code>\S+) (?<number>\d+)$/;

/** The key of this operation in the journal. Undefined: it is known, or takes away what was never seen. */
export function nextOperation(journal: ActionJournal, reaction: Reaction): string | undefined {
  const base = keyOfReaction(reaction);
  const before = numberOf(journal.lastOf(`${base} `));
  const isThere = before % 2 === 1;
  return (reaction.op === "add") === isThere ? undefined : `${base} ${before + 1}`;
}

/** The key of the operation that it takes back. */
export function operationBefore(key: string): string {
  return key.replace(/\d+$/, (number) => String(Number(number) - 1));
}

/** Undefined: it is no key of a reaction. */
export function readOperation(key: string): Operation | undefined {
  const { message, user, type, code } = KEY.exec(key)?.groups ?? {};
  if (type === undefined || code === undefined) return undefined;
  const number = numberOf(key);
  const op = number % 2 === 1 ? "add" : "remove";
  return { messageId: Number(message), userId: Number(user), type, code, op, number };
}

/** What is there now, by the key of its last operation. */
export function reactionsThere(journal: ActionJournal): readonly string[] {
  const last = new Map<string, string>();
  for (const key of journal.keys()) {
    const operation = readOperation(key);
    if (operation !== undefined) last.set(keyOfReaction(operation), key);
  }
  return [...last.values()].filter((key) => numberOf(key) % 2 === 1);
}

function numberOf(key = "0"): number {
  return Number(/\d+$/.exec(key)?.[0] ?? 0);
}
