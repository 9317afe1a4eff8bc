import type { Peer } from "../transport/peer.ts";

/** What the reply must contain. */
export interface Expected {
  readonly texts: readonly string[];
  /** True: at the very start of the reply. False: anywhere in it. */
  readonly isExact: boolean;
  /** True: all of the texts. False: one of them. */
  readonly isAll: boolean;
  /** When so many bytes have come, reading ends and the last ones are not searched. 0 is no limit. */
  readonly maximum: number;
}

/** What the server has sent. */
export interface TcpReply {
  /** Whether the reply has the expected texts. `unjudged`: `maximum` was reached first. */
  readonly match: "success" | "failure" | "unjudged";
  /** The text that the plugin prints: up to the first NUL, without white space at its end. */
  readonly text: string;
  /** False: the plugin does not print the reply. It ignores a reply of a single byte when it prints. */
  readonly isShown: boolean;
}

/** No reply was expected, so nothing was read. */
export const NO_REPLY_EXPECTED: TcpReply = { match: "success", text: "", isShown: false };

/**
 * The size of the plugin's buffer. It decides when the plugin stops to read, and so what it prints of a long
 * reply.
 */
const BUFFER = 1024;
/** Seconds that the plugin waits for more of a reply. */
const PATIENCE = 2;
/** Bytes of a reply that are kept. Further bytes are searched, but not kept. */
const MAX_KEPT = 65_536;
/**
 * A server that never stops sending must not block the event loop: after so many buffers the check pauses.
 */
const PAUSE_MS = 5;
const BUFFERS_BETWEEN_PAUSES = 64;

/**
 * Reads the reply until it matches, ends, or the server is silent. Undefined: there was no reply.
 *
 * @param onReceived is called for each part of the reply, and for its end
 */
export async function readReply(
  peer: Peer,
  expected: Expected,
  onReceived: () => void = () => {},
): Promise<TcpReply | undefined> {
  const search = createSearch(expected);
  let raw = "";
  let size = 0;
  let match: TcpReply["match"] | "retry" = "unjudged";
  for (let buffers = 1; ; buffers += 1) {
    const received = await peer.receive(BUFFER);
    onReceived();
    if (received === "") break;
    size += received.length;
    if (raw.length < MAX_KEPT) raw += received;
    if (expected.maximum > 0 && size >= expected.maximum) break;
    match = search(received);
    if (match !== "retry" || !(await peer.select(PATIENCE))) break;
    if (buffers % BUFFERS_BETWEEN_PAUSES === 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  if (size === 0) return undefined;
  const text = withoutSpace(raw);
  return {
    match: match === "retry" ? "failure" : match,
    text: text.split("\0", 1)[0] ?? "",
    isShown: text.length > 1,
  };
}

/**
 * Removes ASCII white space at the end, but never the first byte. Other bytes may be part of a UTF-8
 * character.
 */
function withoutSpace(raw: string): string {
  let end = raw.length;
  while (end > 1 && " \t\n\v\f\r".includes(raw.charAt(end - 1))) end -= 1;
  return raw.slice(0, end);
}

/** Searches one more piece of the reply. `retry`: more of the reply may still make a match. */
type ReplySearch = (received: string) => "success" | "failure" | "retry";

function createSearch({ texts, isExact, isAll }: Expected): ReplySearch {
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

/** Gives each piece up to the first NUL of the reply: the plugin's text ends there. */
function createTextReader(): (received: string) => string {
  let isOver = false;
  return (received) => {
    const end = isOver ? 0 : received.indexOf("\0");
    isOver = end >= 0;
    return isOver ? received.slice(0, end) : received;
  };
}
