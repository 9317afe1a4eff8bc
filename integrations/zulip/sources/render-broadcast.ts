import type { Post } from "../notify/post-entry.ts";
import { cutCharacters, safeText } from "../notify/safe-text.ts";
import { fitTopic } from "../notify/topic.ts";
import type { Broadcast, BroadcastEvent } from "./broadcast.ts";
import type { BroadcastTexts } from "./broadcast-texts.ts";
import { htmlToMarkdown, htmlToText } from "./html-to-markdown.ts";

export interface BroadcastStyle {
  readonly stream: string;
  readonly topic: string;
  readonly stage: string;
  readonly texts: BroadcastTexts;
}

const MAX_NAME = 255;
const MAX_TEXT = 8_000;
/** Its beginning is enough. */
const MAX_OVER = 200;
const LINE_TEXT = 200;

export function renderBroadcast(
  event: BroadcastEvent,
  { author, text, expiresAt }: Broadcast,
  { style, time }: { readonly style: BroadcastStyle; readonly time: number },
): Post {
  const { stream, topic, stage, texts } = style;
  const by = author === "" || author === "none" ? [] : [`${texts.by} ${safeText(author, MAX_NAME)}`];
  const until = expiresAt === undefined || event === "over" ? [] : [`${texts.until} ${clockOf(expiresAt)}`];
  const head = [`**${texts.events[event]}**`, ...by, ...until].join(", ");
  const shown =
    event === "over"
      ? cutCharacters(htmlToText(text), MAX_OVER)
      : cutCharacters(htmlToMarkdown(text), MAX_TEXT);
  return {
    time,
    stream,
    topic: fitTopic(topic),
    content: [head, shown, ...(stage === "" ? [] : [`${texts.stage}: ${safeText(stage, MAX_NAME)}`])].join(
      "\n",
    ),
    line: `${clockOf(time)} ${head}: ${cutCharacters(htmlToText(text), LINE_TEXT)}`,
  };
}

/** In the reader's time. */
function clockOf(time: number): string {
  return `<time:${new Date(time).toISOString().replace(/\.\d+Z$/, "Z")}>`;
}
