import { MAX_CONTENT, type NoticeMessage } from "./message.ts";
import type { Texts } from "./texts.ts";

/** What waits, by the name of its entry in the spool. */
export interface Waiting {
  readonly entry: string;
  /** When it was told, in milliseconds since the epoch. */
  readonly time: number;
  /** Of what is too old, the last one of each subject is shown. */
  readonly subject: string;
  readonly message: NoticeMessage;
}

/** A message to be sent, and the entries that are dealt with when it is there. */
export interface Batch {
  readonly kind: "single" | "digest" | "stale";
  readonly stream: string;
  readonly topic: string;
  readonly content: string;
  readonly widget: string | undefined;
  /** It says no new problem, so it belongs to what was said before. */
  readonly follows?: boolean;
  /** All is well again with the object of the topic. */
  readonly ends?: boolean;
  readonly entries: readonly string[];
}

export interface Planning {
  readonly now: number;
  readonly maxAgeMs: number;
  /** If more notices wait, several become one message. */
  readonly digestOver: number;
  readonly digestTopic: string;
  readonly texts: Pick<Texts, "digest" | "stale" | "times">;
}

/** In a stream with more topics than that, all of a digest goes into one topic of its own. */
const MANY_TOPICS = 10;
/** Room for the first line. */
const MAX_LINES = MAX_CONTENT - 300;

/**
 * The next message, which has the notice that has waited longest. Notices of one topic are never sent in
 * another order than the core told them. Undefined: nothing waits.
 */
export function planNext(waiting: readonly Waiting[], planning: Planning): Batch | undefined {
  const [oldest] = waiting;
  if (oldest === undefined) return undefined;
  const { now, maxAgeMs, digestOver } = planning;
  const isStale = ({ time }: Waiting) => now - time > maxAgeMs;
  const { stream, topic } = oldest.message;
  const ofStream = waiting.filter(({ message }) => message.stream === stream);
  if (isStale(oldest)) return summarise(ofStream.filter(isStale), planning);
  if (waiting.length <= digestOver) return single(oldest);
  const fresh = ofStream.filter((one) => !isStale(one));
  const topics = new Set(fresh.map(({ message }) => message.topic));
  if (topics.size > MANY_TOPICS) return digest(fresh, { ...planning, topic: planning.digestTopic });
  const ofTopic = fresh.filter(({ message }) => message.topic === topic);
  return ofTopic.length === 1 ? single(oldest) : digest(ofTopic, { ...planning, topic });
}

function single({ entry, message }: Waiting): Batch {
  const { stream, topic, content, widget } = message;
  return { kind: "single", stream, topic, content, widget, ...standing([message]), entries: [entry] };
}

/** Of messages of one topic, in their order. */
function standing(messages: readonly NoticeMessage[]): Pick<Batch, "follows" | "ends"> {
  const follows = messages.every(({ news }) => news === "recovery" || news === "other");
  return { follows, ends: messages.at(-1)?.news === "recovery" };
}

/** A line for each, in their order. In the topic of a service its buttons are those of the last notice. */
function digest(all: readonly Waiting[], { texts, topic }: Planning & { readonly topic: string }): Batch {
  const lines = all.map(({ message }) => `* ${message.line}`);
  const taken = all.slice(0, countFitting(lines));
  const messages = taken.map(({ message }) => message);
  const last = messages.at(-1);
  return {
    kind: "digest",
    stream: all[0]?.message.stream ?? "",
    topic,
    content: [texts.digest(taken.length), "", ...lines.slice(0, taken.length)].join("\n"),
    widget: last?.topic === topic ? last.widget : undefined,
    ...(last?.topic === topic && standing(messages)),
    entries: taken.map(({ entry }) => entry),
  };
}

/** A line for each host and service, with its last state and how often it was told. */
function summarise(all: readonly Waiting[], { texts, digestTopic, maxAgeMs }: Planning): Batch {
  const groups = [...Map.groupBy(all, ({ subject }) => subject).values()];
  const lines = groups.map((group) => {
    const times = group.length > 1 ? ` ${texts.times(group.length)}` : "";
    return `* ${group.at(-1)?.message.line}${times}`;
  });
  const taken = groups.slice(0, countFitting(lines)).flat();
  const head = texts.stale(taken.length, renderAge(maxAgeMs));
  return {
    kind: "stale",
    stream: all[0]?.message.stream ?? "",
    topic: digestTopic,
    content: [head, "", ...lines.slice(0, countFitting(lines))].join("\n"),
    widget: undefined,
    entries: taken.map(({ entry }) => entry),
  };
}

/** How many lines one message has room for: at least one. */
function countFitting(lines: readonly string[]): number {
  let length = 0;
  for (const [at, line] of lines.entries()) {
    length += [...line].length + 1;
    if (length > MAX_LINES) return Math.max(1, at);
  }
  return lines.length;
}

function renderAge(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}
