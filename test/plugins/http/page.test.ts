import { describe, expect, it } from "vitest";
import { findHeaderEnd, isChunked, readPage, unchunk } from "../../../plugins/http/page.ts";

describe("a page is taken apart", () => {
  it.each([
    ["HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\n\r\nbody\r\n", "HTTP/1.1 200 OK", "A: b\r\nC: d", "body\r\n"],
    ["HTTP/1.1 200 OK \t\nA: b\n\n\r\n\nbody", "HTTP/1.1 200 OK", "A: b", "body"],
    ["HTTP/1.1 200 OK\r\n\r\nbody\r\n\r\nmore", "HTTP/1.1 200 OK", "body", "more"],
    ["HTTP/1.1 200 OK\r\nA: b\r\n", "HTTP/1.1 200 OK", "A: b", ""],
    ["HTTP/1.1 200 OK\r\nA: b", "HTTP/1.1 200 OK", "A: b", ""],
    ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK", "", ""],
    ["\r\nA: b\n\nbody", "", "A: b", "body"],
    ["HTTP/1.1 200 OK\n\rA: b\n\rC: d\r\r\nbody", "HTTP/1.1 200 OK", "A: b\n\rC: d", "body"],
  ])("%j", (text, statusLine, header, body) => {
    expect(readPage(text)).toEqual({ statusLine, header, body, isCut: false });
  });

  it("with what came behind it, where its last line has no end", () => {
    expect(readPage("HTTP/1.1 200 OK\nA: b", "\nbody")).toMatchObject({ header: "A: b", body: "body" });
    expect(readPage("HTTP/1.1 200 OK\r\nA: b\r", "\r\nbody")).toMatchObject({ header: "A: b", body: "" });
    expect(readPage("HTTP/1.1 200 OK", "\nbody")).toMatchObject({ header: "", body: "" });
  });
});

it.each([
  ["A: b\r\n\r\nbody", 5],
  ["A: b\n\nbody", 4],
  ["A: b\r\n\r", -1],
  ["A: b\n\r\r\n", -1],
])("the header of %j ends at %i", (text, end) => {
  expect(findHeaderEnd(text)).toBe(end);
});

it.each([
  ["Transfer-Encoding: chunked", true],
  ["A: b\r\ntransfer-encoding:CHUNKED, gzip", true],
  ["X-Transfer-Encoding:   chunked", true],
  ["Transfer-Encoding: gzip", false],
])("%j: is chunked %j", (header, expected) => {
  expect(isChunked(header)).toBe(expected);
});

describe("chunks", () => {
  it.each([
    ["5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"],
    ["a;x=y\r\n0123456789\r\n0", "0123456789"],
    ["0\r\n\r\n", ""],
    [" 0X5\r\nhello\r\n0\r\n", "hello"],
    ["", undefined],
    ["x\r\nhello\r\n0\r\n", undefined],
    ["5\r\nhello\r\n", undefined],
    ["9\r\nhello\r\n0\r\n", undefined],
    ["-5\r\nhello\r\n0\r\n", undefined],
    ["fffffffffffffffff\r\nhello\r\n0\r\n", undefined],
    ["5;no end", undefined],
  ])("%j are %j", async (body, whole) => {
    expect(await unchunk(body, new AbortController().signal)).toBe(whole);
  });
});
