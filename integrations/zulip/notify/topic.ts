import { createHash } from "node:crypto";
import { plainText } from "./safe-text.ts";

/** Zulip cuts longer topics, and different ones would become the same. It counts characters. */
const MAX_TOPIC = 60;
const HASH = 6;

/**
 * A topic that Zulip keeps as it is. A long one is cut, and a hash of the whole follows: a problem and its
 * recovery share it, and two long names that begin alike do not.
 */
export function fitTopic(text: string): string {
  const topic = plainText(text).replace(/\s+/g, " ") || "(no name)";
  const characters = [...topic];
  if (characters.length <= MAX_TOPIC) return topic;
  const hash = createHash("sha256").update(topic).digest("hex").slice(0, HASH);
  return `${characters
    .slice(0, MAX_TOPIC - HASH - 1)
    .join("")
    .trimEnd()}…${hash}`;
}
