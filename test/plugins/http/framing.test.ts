import { describe, expect, it } from "vitest";
import { AnswerEnd, type Progress } from "../../../plugins/http/framing.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

/** Feeds the answer in these parts. Gives the first result that is not `open`, or `open`. */
function feed(parts: readonly string[], method = "GET"): Progress {
  const end = new AnswerEnd(method);
  for (const part of parts.slice(0, -1)) {
    const progress = end.put(part);
    if (progress !== "open") return progress === "unclear" ? progress : "unclear";
  }
  return end.put(parts.at(-1) ?? "");
}

/** Every split into two parts, and the split into single bytes. */
function everySplit(text: string): readonly (readonly string[])[] {
  const halves = Array.from(text, (_, at) => [text.slice(0, at), text.slice(at)]);
  return [[text], [...text], ...halves.slice(1)];
}

const COMPLETE: Readonly<Record<string, string>> = {
  "a length": `${OK}Content-Length: 5\r\n\r\nhello`,
  "a length of nothing": `${OK}Content-Length: 0\r\n\r\n`,
  "a length with blanks around it": `${OK}content-length:\t 5 \t\r\n\r\nhello`,
  "a page with line breaks and NUL": `${OK}Content-Length: 9\r\n\r\n\r\n\r\nHTTP\0`,
  "a status line without a reason": "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n",
  "an older version that says it stays":
    "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok",
  "words of the connection that change nothing": `${OK}Connection: Upgrade, Keep-Alive\r\nUpgrade: h2\r\nContent-Length: 2\r\n\r\nok`,
  chunks: `${CHUNKED}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`,
  "chunks with what looks like their end": `${CHUNKED}a\r\n\r\n0\r\n\r\n0\r\n\r\n0\r\n\r\n`,
  "chunks in other words": `${OK}TRANSFER-ENCODING:CHUNKED\r\n\r\n00000A;a="b"\r\n0123456789\r\n000\r\n\r\n`,
  "no chunk": `${CHUNKED}0\r\n\r\n`,
  "no content": "HTTP/1.1 204 No Content\r\nA: b\r\n\r\n",
  "nothing new": "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
};

const UNCLEAR: Readonly<Record<string, string>> = {
  "neither length nor chunks, on a connection that stays": `${OK}A: b\r\n\r\nhello`,
  "both length and chunks": `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  "two lengths": `${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
  "the same length twice": `${OK}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
  "two lengths in one": `${OK}Content-Length: 5, 5\r\n\r\nhello`,
  "a length below nothing": `${OK}Content-Length: -1\r\n\r\nhello`,
  "a length with a sign": `${OK}Content-Length: +5\r\n\r\nhello`,
  "a length that is no number": `${OK}Content-Length: 0x5\r\n\r\nhello`,
  "a length that is too large": `${OK}Content-Length: 9999999999999999\r\n\r\nhello`,
  "an empty length": `${OK}Content-Length:\r\n\r\nhello`,
  "another encoding": `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  "chunks twice": `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  "chunks of an older version": `HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  "no content that has some": "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
  "an interim answer": `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 5\r\n\r\nhello`,
  "early hints": `HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n${OK}Content-Length: 5\r\n\r\nhello`,
  "another protocol": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
  "another version": "HTTP/2 200\r\nContent-Length: 0\r\n\r\n",
  "no HTTP": "220 mail.example ESMTP\r\n",
  "a status of two digits": "HTTP/1.1 99 Odd\r\nContent-Length: 0\r\n\r\n",
  "line breaks before it": `\r\n${OK}Content-Length: 0\r\n\r\n`,
  "lines that end without a carriage return": "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
  "a single line that does": `${OK}A: b\nContent-Length: 5\r\n\r\nhello`,
  "a lone carriage return": `${OK}A: b\rContent-Length: 4\r\nContent-Length: 5\r\n\r\nhello`,
  "a folded line": `${OK}Content-Length: 5\r\n and: more\r\n\r\nhello`,
  "a blank before the colon": `${OK}Content-Length : 5\r\n\r\nhello`,
  "a NUL in the header": `${OK}A: b\0\r\nContent-Length: 5\r\n\r\nhello`,
  "a line without a colon": `${OK}hello\r\nContent-Length: 5\r\n\r\nhello`,
  "a header without end": `${OK}${"A: b\r\n".repeat(11_000)}`,
  "a chunk's length that is none": `${CHUNKED}hello\r\n0\r\n\r\n`,
  "a chunk's length with a blank": `${CHUNKED}5 \r\nhello\r\n0\r\n\r\n`,
  "a chunk's length with a sign": `${CHUNKED}-5\r\nhello\r\n0\r\n\r\n`,
  "a chunk length that is too large": `${CHUNKED}100000000\r\nhello\r\n0\r\n\r\n`,
  "an empty length of a chunk": `${CHUNKED}\r\nhello\r\n0\r\n\r\n`,
  "a chunk's length ended by a line feed": `${CHUNKED}5\nhello\r\n0\r\n\r\n`,
  "an extension without end": `${CHUNKED}5;${"x".repeat(300)}\r\nhello\r\n0\r\n\r\n`,
  "a chunk longer than its length": `${CHUNKED}5\r\nhello!\r\n0\r\n\r\n`,
  "more of a header behind the chunks": `${CHUNKED}5\r\nhello\r\n0\r\nA: b\r\n\r\n`,
};

const OPEN: Readonly<Record<string, string>> = {
  "of which nothing has come": "",
  "whose status line has begun": "HTTP/1",
  "whose header has begun": `${OK}Content-Length: 5\r\n`,
  "of which a byte is missing": `${OK}Content-Length: 5\r\n\r\nhell`,
  "whose chunk has begun": `${CHUNKED}5\r\nhel`,
  "whose last chunk has come": `${CHUNKED}5\r\nhello\r\n0\r\n`,
  "whose connection will be closed": `${OK}Connection: close\r\nContent-Length: 5\r\n\r\nhello, and more`,
  "whose connection will be closed, among other words": `${OK}Connection: a, Close\r\nTransfer-Encoding: odd\r\n\r\nhello`,
  "of an older version": "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
};

const forms = (table: Readonly<Record<string, string>>) => Object.entries(table);

describe("an answer", () => {
  it.each(forms(COMPLETE))("with %s is complete with its last byte, however it comes", (_, text) => {
    for (const parts of everySplit(text)) expect([parts, feed(parts)]).toEqual([parts, "complete"]);
  });

  it.each(forms(UNCLEAR))("with %s is unclear, however it comes", (_, text) => {
    const splits = text.length > 1_000 ? [[text], [...text]] : everySplit(text);
    for (const parts of splits) {
      const end = new AnswerEnd("GET");
      const progress = parts.map((part) => end.put(part));
      expect(progress).toContain("unclear");
      expect(progress.slice(0, progress.indexOf("unclear"))).not.toContain("complete");
    }
  });

  it.each(forms(OPEN))("%s is open, however it comes", (_, text) => {
    for (const parts of everySplit(text)) expect([parts, feed(parts)]).toEqual([parts, "open"]);
  });

  it.each(forms(COMPLETE))("with %s is unclear with anything behind it", (_, text) => {
    expect(feed([`${text}H`])).toBe("unclear");
    expect(feed([text.slice(0, -1), `${text.slice(-1)}\r\n`])).toBe("unclear");
  });

  it.each(["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", ""])(
    "to HEAD has no body: %j",
    (line) => {
      for (const parts of everySplit(`${OK}${line}\r\n`)) expect(feed(parts, "HEAD")).toBe("complete");
    },
  );
});

describe("a connection may be kept", () => {
  it.each<[string, number]>([
    ["", 75_000],
    ["Keep-Alive: timeout=5, max=100\r\n", 4_000],
    ["Keep-Alive: max=7, timeout = 60\r\n", 59_000],
    ["Keep-Alive: timeout=1\r\n", 0],
    ["Keep-Alive: timeout=0\r\n", 0],
    ["Keep-Alive: timeout=3600\r\n", 75_000],
    ["Keep-Alive: timeout=soon\r\n", 75_000],
    ["Connection: close\r\n", 0],
    ["Connection: keep-alive, close\r\n", 0],
  ])("where it says %j for %d ms", (line, idleMs) => {
    const end = new AnswerEnd("GET");
    end.put(`${OK}${line}Content-Length: 0\r\n\r\n`);
    expect(end.head).toEqual({ status: 200, idleMs });
  });
});
