import type { Peer } from "../transport/peer.ts";

/** What a reply must hold. */
export interface Expected {
  readonly texts: readonly string[];
  /** At the very beginning; else anywhere. */
  readonly isExact: boolean;
  /** All of the texts; else any. */
  readonly isAll: boolean;
  /** No more is read once this many bytes are there, and they are not looked at; 0 is no limit. */
  readonly maximum: number;
}

export interface Reply {
  /** Unjudged: `maximum` was reached first. */
  readonly match: "success" | "failure" | "unjudged";
  /** As the plugin prints it: no white space at its end, nothing from a NUL on. */
  readonly text: string;
  /** The plugin takes a reply of a single byte for none when it prints. */
  readonly isShown: boolean;
}

/** Nothing was expected, and nothing read. */
export const NOT_ASKED: Reply = { match: "success", text: "", isShown: false };

/** The size of the plugin's buffer decides what it looks at, and so what it prints of a long reply. */
const BUFFER = 1024;
/** Seconds the plugin waits for more. */
const PATIENCE = 2;
/** More of a reply is searched, but not kept. */
const MOST_KEPT = 65_536;
/** A server that never stops may have its share of the time, not all of it. */
const BREATH_MS = 5;
const BUFFERS_PER_BREATH = 64;

/** Undefined: there was none. */
export async function readReply(peer: Peer, expected: Expected): Promise<Reply | undefined> {
  const search = createSearch(expected);
  let raw = "";
  let size = 0;
  let match: Reply["match"] | "retry" = "unjudged";
  for (let buffers = 1; ; buffers += 1) {
    const received = await peer.receive(BUFFER);
    if (received === "") break;
    size += received.length;
    if (raw.length < MOST_KEPT) raw += received;
    if (expected.maximum > 0 && size >= expected.maximum) break;
    match = search(received);
    if (match !== "retry" || !(await peer.select(PATIENCE))) break;
    if (buffers % BUFFERS_PER_BREATH === 0) await new Promise((resolve) => setTimeout(resolve, BREATH_MS));
  }
  if (size === 0) return undefined;
  const text = withoutSpace(raw);
  return {
    match: match === "retry" ? "failure" : match,
    text: text.split("\0", 1)[0] ?? "",
    isShown: text.length > 1,
  };
}

/** The first byte stays, whatever it is. ASCII white space only: other bytes are parts of UTF-8 sequences. */
function withoutSpace(raw: string): string {
  let end = raw.length;
  while (end > 1 && " \t\n\v\f\r".includes(raw.charAt(end - 1))) end -= 1;
  return raw.slice(0, end);
}

type Search = (received: string) => "success" | "failure" | "retry";

/** Takes the reply piece by piece: `retry` as long as more of it may still make a match. */
function createSearch({ texts, isExact, isAll }: Expected): Search {
  const textOf = createTextReader();
  const longest = Math.max(...texts.map(({ length }) => length));
  const found = new Set<string>();
  let known = "";
  const isThere = (each: string) => (isExact ? known.startsWith(each) : known.includes(each));
  const mayCome = (each: string) => !isExact || (!found.has(each) && each.startsWith(known));
  return (received) => {
    known += textOf(received);
    for (const each of texts.filter(isThere)) found.add(each);
    if (isAll ? texts.every((each) => found.has(each)) : found.size > 0) return "success";
    const match = texts.some(mayCome) ? "retry" : "failure";
    if (!isExact) known = known.slice(-longest);
    return match;
  };
}

/** The plugin's text ends at the first NUL, however much comes after it. */
function createTextReader(): (received: string) => string {
  let isOver = false;
  return (received) => {
    const end = isOver ? 0 : received.indexOf("\0");
    isOver = end >= 0;
    return isOver ? received.slice(0, end) : received;
  };
}
