import { createHash } from "node:crypto";
import { plainText } from "./safe-text.ts";

/** Zulip cuts longer topics, and different ones would become the same. It counts characters. */
export const MAX_TOPIC = 60;
/** In front of a topic that was marked as resolved. */
const RESOLVED = "✔ ";
/** `follow`: what is no new problem stands where its topic's last message does. `resolve` marks them, too. */
export const RESOLVING = ["off", "follow", "resolve"] as const;
export type Resolving = (typeof RESOLVING)[number];
/** What is longer is cut when it is marked as resolved. */
export const MAX_RESOLVABLE = MAX_TOPIC - RESOLVED.length;
const HASH = 6;
/** At the end of what Zulip has cut. */
const CUT = "...";

/**
 * A topic that Zulip keeps as it is. A long one is cut, and a hash of the whole follows: a problem and its
 * recovery share it, and two long names that begin alike do not.
 */
export function fitTopic(text: string, max = MAX_TOPIC): string {
  const topic = plainText(text).replace(/\s+/g, " ") || "(no name)";
  const characters = [...topic];
  if (characters.length <= max) return topic;
  const hash = createHash("sha256").update(topic).digest("hex").slice(0, HASH);
  return `${characters
    .slice(0, max - HASH - 1)
    .join("")
    .trimEnd()}…${hash}`;
}

/** The name of a topic after it was marked as resolved, cut as Zulip cuts it. */
export function resolvedTopic(topic: string): string {
  const characters = [...`${RESOLVED}${topic}`];
  if (characters.length <= MAX_TOPIC) return characters.join("");
  return characters.slice(0, MAX_TOPIC - CUT.length).join("") + CUT;
}

export function isResolved(topic: string): boolean {
  return topic.startsWith(RESOLVED);
}
