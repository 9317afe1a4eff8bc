import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { holdFirstLine } from "../../../../plugins/ssh/client/first-line.ts";

/** What comes of bytes that are sent in these pieces. */
function send(pieces: readonly string[]) {
  const told: string[] = [];
  const stream = new PassThrough();
  holdFirstLine(stream, {
    onVersion: () => told.push("version"),
    onPacket: () => told.push("packet"),
    onJunk: (why) => told.push(why),
  });
  const chunks: string[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk.toString("latin1")));
  for (const piece of pieces) stream.emit("data", Buffer.from(piece, "latin1"));
  return { told, chunks };
}

const VERSION = "SSH-2.0-OpenSSH_9.2p1 Debian\r\n";
const PACKET = "\0\0\x04\x0c\x0a\x14";

describe("the version line of a server", () => {
  const text = `Welcome\r\n\nSSH\n${VERSION}${PACKET}`;
  const cuts = [...text].map((_, at) => at);

  it.each(cuts)("comes whole, if the bytes are cut at %i and at any later place", (first) => {
    for (const second of cuts.slice(first)) {
      const { told, chunks } = send([text.slice(0, first), text.slice(first, second), text.slice(second)]);
      expect(told).toEqual(["version", "packet"]);
      expect(chunks[0]?.startsWith(VERSION)).toBe(true);
      expect(chunks.join("")).toBe(VERSION + PACKET);
    }
  });

  it("comes whole, if the bytes come one by one", () => {
    const { told, chunks } = send([...text]);
    expect(told).toEqual(["version", "packet"]);
    expect(chunks).toEqual([VERSION, ...PACKET]);
  });

  it("is held back until it is complete", () => {
    expect(send(["SSH-2.0-", "Open", "SSH"])).toEqual({ told: [], chunks: [] });
  });

  it.each([
    ["a line is too long", ["x".repeat(8_193)], "its first line is too long"],
    ["its pieces are too long", Array(10).fill("x".repeat(1_000)), "its first line is too long"],
    ["a line has a NUL", ["a\0b\n", VERSION], "a line before its version is not plain"],
    ["there are too many lines", ["x\n".repeat(1_024), VERSION], "too many lines before its version"],
  ])("is not waited for where %s", (_, pieces, why) => {
    expect(send(pieces)).toEqual({ told: [why], chunks: [] });
  });
});
