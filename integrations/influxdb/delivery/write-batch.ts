import { type Batch, unpackLines } from "./batch.ts";
import type { PostLines } from "./post-lines.ts";
import type { Reply } from "./reply.ts";
import { type Refusal, siftLines } from "./sift-lines.ts";

/** Nothing is known to be written: it is tried again later. */
export interface Trouble {
  readonly kind: "trouble";
  readonly message: string;
  /** Somebody has to change the configuration, here or there. */
  readonly isRefused: boolean;
  readonly retryAfterMs?: number;
}

/** The database has the batch, without the lines that it refuses. */
interface Written {
  readonly kind: "written";
  readonly refusals: readonly Refusal[];
  /** What it says of lines that are older than it keeps them. */
  readonly tooOld?: string;
}

/** It cannot be unpacked, as after a fault of the disk: no database will ever take it. */
interface Unreadable {
  readonly kind: "unreadable";
}

/** Has no line, so only how the database is asked can be wrong with it. */
const NOTHING = Buffer.from("\n");

export async function writeBatch(
  { body }: Pick<Batch, "body">,
  post: PostLines,
): Promise<Written | Trouble | Unreadable> {
  const reply = await post(body, "gzip");
  switch (reply.kind) {
    case "written":
      return { kind: "written", refusals: [] };
    case "too-old":
      return { kind: "written", refusals: [], tooOld: reply.message };
    case "rejected":
    case "too-large":
      return sift(body, reply, post);
    case "unclear": {
      const isAskedWell = (await post(NOTHING)).kind === "written";
      if (!isAskedWell) return { kind: "trouble", message: reply.message, isRefused: true };
      return sift(body, { ...reply, kind: "rejected", named: [] }, post);
    }
    case "refused":
    case "unavailable":
      return troubleOf(reply);
  }
}

async function sift(
  body: Buffer,
  rejection: Parameters<typeof siftLines>[1],
  post: PostLines,
): Promise<Written | Trouble | Unreadable> {
  const lines = await unpackLines(body).catch(() => undefined);
  if (lines === undefined) return { kind: "unreadable" };
  const { refusals, trouble } = await siftLines(lines, rejection, post);
  if (trouble === undefined) return { kind: "written", refusals };
  return troubleOf(trouble);
}

function troubleOf(reply: Reply): Trouble {
  const message = "message" in reply ? reply.message : "";
  const retryAfterMs = reply.kind === "unavailable" ? reply.retryAfterMs : undefined;
  return {
    kind: "trouble",
    message,
    isRefused: reply.kind === "refused",
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}
