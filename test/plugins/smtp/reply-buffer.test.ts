import type { Socket } from "node:net";
import { PassThrough, Readable } from "node:stream";
import { expect, it } from "vitest";
import { ReplyBuffer } from "../../../plugins/smtp/reply-buffer.ts";

const create = () => new ReplyBuffer(new AbortController().signal, () => {});

it("loses nothing that comes in the same turn, as several records of TLS do", async () => {
  const stream = new Readable({ read() {} });
  const buffer = create();
  const first = buffer.receiveLines(stream as unknown as Socket);
  await new Promise(setImmediate);
  for (const text of ["250-one\r\n", "250-two\r\n", "250 three\r\n", "354 four\r\n"]) stream.push(text);
  expect(await first).toBe("lines");
  expect(buffer.text).toBe("250-one\r\n250-two\r\n250 three\r\n");
  expect(await buffer.receiveLines(stream as unknown as Socket)).toBe("lines");
  expect(buffer.text).toBe("354 four\r\n");
});

it.each([
  ["a line without an end", "220 no", "ended"],
  ["an answer without a last line", "220-a\r\n220-b\r\n", "ended"],
  ["more than the plugin's buffer", "2".repeat(9_000), "too long"],
  ["a line that is no answer", "x\n", "lines"],
])("reads %s", async (_, text, end) => {
  const stream = new PassThrough();
  stream.end(text);
  expect(await create().receiveLines(stream as unknown as Socket)).toBe(end);
});

it("reads the same however the bytes are cut", async () => {
  const text = "220-a\r\n22x-b\r\n";
  for (let at = 1; at < text.length; at += 1) {
    const stream = new PassThrough();
    const buffer = create();
    const end = buffer.receiveLines(stream as unknown as Socket);
    stream.write(text.slice(0, at));
    await new Promise(setImmediate);
    stream.end(text.slice(at));
    expect([await end, buffer.text]).toEqual(["lines", text]);
  }
});
