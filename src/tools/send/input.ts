import type { ByteString } from "../../byte-string.ts";
import { MAX_OUTPUT } from "../../outcome/outcome.ts";

/** What comes on standard input. */
export type Input = AsyncIterable<Uint8Array>;

/**
 * The lines of each piece that comes, without their line feeds; a last line needs none. A line is cut at
 * 10 MiB, so that a stream without line feeds does not fill the memory.
 */
export async function* readLines(input: Input): AsyncGenerator<readonly ByteString[]> {
  let begun = "";
  for await (const chunk of input) {
    const lines = (begun + toText(chunk)).split("\n");
    begun = (lines.pop() ?? "").slice(0, MAX_OUTPUT);
    if (lines.length > 0) yield lines;
  }
  if (begun !== "") yield [begun];
}

/** All of the input, up to 10 MiB; what comes after is read and dropped, so that its writer can end. */
export async function readAll(input: Input): Promise<ByteString> {
  const parts: string[] = [];
  let length = 0;
  for await (const chunk of input) {
    if (length < MAX_OUTPUT) parts.push(toText(chunk));
    length += chunk.length;
  }
  return parts.join("").slice(0, MAX_OUTPUT);
}

function toText(chunk: Uint8Array): ByteString {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
}
