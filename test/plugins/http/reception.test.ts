import { describe, expect, it } from "vitest";
import { readPage } from "../../../plugins/http/page.ts";
import { Reception } from "../../../plugins/http/reception.ts";

const HEAD = `HTTP/1.1 200 OK\r\nServer: x\r\nX-Long: ${"y".repeat(40_000)}`;
const BODY = "<p>hello</p>\n".repeat(80_000);

/** Puts the text in pieces, and gives the end of the answer and the bytes that were kept. */
function receive(text: string, options: { readonly usesBody: boolean; readonly pieces?: number }) {
  const reception = new Reception({ stopsAtHeader: false, usesBody: options.usesBody });
  let kept = 0;
  reception.whenGrown((bytes) => {
    kept += bytes;
  });
  const pieces = options.pieces ?? 8_000;
  for (let at = 0; at < text.length; at += pieces) reception.put(text.slice(at, at + pieces));
  return { ...reception.finish(), kept };
}

describe("a body that the check does not look at", () => {
  it.each([100, 8_000, 65_536, 2_000_000])("is counted and not kept, in pieces of %d", (pieces) => {
    const text = `${HEAD}\r\n\r\n${BODY}`;
    const whole = receive(text, { usesBody: true, pieces });
    const lean = receive(text, { usesBody: false, pieces });
    expect({ ...readPage(lean.text), body: "" }).toEqual({ ...readPage(whole.text), body: "" });
    expect({ size: lean.size, isCut: lean.isCut }).toEqual({ size: text.length, isCut: pieces < 2_000_000 });
    expect(lean.kept).toBe(lean.text.length);
    if (pieces < 2_000_000) expect(lean.text.length).toBeLessThan(150_000);
  });

  it.each([
    ["it comes in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["the header has not ended", "HTTP/1.1 200 OK\r\n"],
  ])("is kept where %s", (_, head) => {
    const text = head + (head.includes("chunked") ? BODY : "X-Y: z\r\n".repeat(20_000));
    expect(receive(text, { usesBody: false })).toMatchObject({ text, isCut: false, kept: text.length });
  });

  it("is kept while it is small", () => {
    const text = "HTTP/1.1 200 OK\r\n\r\nhello";
    expect(receive(text, { usesBody: false })).toMatchObject({ text, isCut: false });
  });
});
