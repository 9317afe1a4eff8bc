/** A message that is written already: the report of an event handler, a broadcast. */
export interface Post {
  /** When that happened, in milliseconds since the epoch. */
  readonly time: number;
  readonly stream: string;
  readonly topic: string;
  readonly content: string;
  /** For a message of several. */
  readonly line: string;
}

/** An entry of the spool, beside those of notices. */
export function encodePost(post: Post): Buffer {
  return Buffer.from(JSON.stringify({ version: 2, ...post }), "utf8");
}

/** Undefined: it is no post. */
export function decodePost(bytes: Uint8Array): Post | undefined {
  const { version, time, stream, topic, content, line } = Object(parse(bytes)) as Partial<
    Record<keyof Post | "version", unknown>
  >;
  if (version !== 2 || typeof time !== "number" || typeof stream !== "string") return undefined;
  if (typeof topic !== "string" || typeof content !== "string" || typeof line !== "string") return undefined;
  return { time, stream, topic, content, line };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}
