import type { PostLines } from "./post-lines.ts";
import type { RejectedLine, Reply } from "./reply.ts";

/** A line that a database does not take, and why. */
export interface Refusal {
  readonly line: string;
  readonly reason: string;
}

/** What became of a batch with bad lines. */
export interface Sifted {
  readonly refusals: readonly Refusal[];
  /** Set if the database went away meanwhile: the whole batch has to be written again. */
  readonly trouble?: Reply;
}

type Rejection = Reply & { readonly kind: "rejected" | "too-large" };

/** How many requests a batch is worth. More bad lines than that are refused with their neighbours. */
const MAX_REQUESTS = 60;

/**
 * Writes the good lines of a batch that was rejected. Lines that the reply names are taken out. If others are
 * bad, too, the batch is cut into halves, again and again, until the bad lines stand alone: each of the good
 * ones is written, and none twice with another value, as the same line is the same point. It ends in any
 * case.
 */
export async function siftLines(
  lines: readonly string[],
  rejection: Rejection,
  post: PostLines,
): Promise<Sifted> {
  const refusals: Refusal[] = [];
  let requests = 0;
  const sift = async (some: readonly string[], reply: Rejection): Promise<Reply | undefined> => {
    const { rest, named } = takeOut(some, reply);
    for (const refusal of named) refusals.push(refusal);
    if (rest.length === 0) return undefined;
    const isHopeless = named.length === 0 && rest.length === 1;
    if (isHopeless || requests >= MAX_REQUESTS) {
      for (const line of rest) refusals.push({ line, reason: reply.message });
      return undefined;
    }
    if (named.length > 0) return write(rest);
    const middle = Math.ceil(rest.length / 2);
    return (await write(rest.slice(0, middle))) ?? write(rest.slice(middle));
  };
  const write = async (some: readonly string[]): Promise<Reply | undefined> => {
    requests += 1;
    const reply = await post(Buffer.from(`${some.join("\n")}\n`, "utf8"));
    switch (reply.kind) {
      case "written":
      case "too-old":
        return undefined;
      case "rejected":
      case "too-large":
        return sift(some, reply);
      case "unclear":
        return sift(some, { ...reply, kind: "rejected", named: [] });
      case "refused":
      case "unavailable":
        return reply;
    }
  };
  const trouble = await sift(lines, rejection);
  return { refusals, ...(trouble && { trouble }) };
}

interface TakenOut {
  readonly rest: readonly string[];
  readonly named: readonly Refusal[];
}

function takeOut(lines: readonly string[], reply: Rejection): TakenOut {
  if (reply.kind === "too-large" || reply.named.length === 0) return { rest: lines, named: [] };
  const reasons = new Map<string | number, string>(
    reply.named.map(({ line, reason }: RejectedLine) => [line, reason]),
  );
  const rest: string[] = [];
  const named: Refusal[] = [];
  for (const [index, line] of lines.entries()) {
    const reason = reasons.get(line) ?? reasons.get(index + 1);
    if (reason === undefined) rest.push(line);
    else named.push({ line, reason });
  }
  return { rest, named };
}
