import { checkCurl } from "../../../plugins/http/check_curl.ts";
import { checkHttp } from "../../../plugins/http/check_http.ts";
import type { Check } from "../../../sdk/index.ts";
import { type Protocol, texts } from "../protocol.ts";

const PAGES: readonly (readonly string[])[] = [
  [
    "HTTP/1.1 200 OK\r\n",
    "Date: Mon, 23 Nov 2026 06:47:48 GMT\r\n",
    "Content-Length: 5\r\n",
    "\r\n",
    "hello",
  ],
  [
    "HTTP/1.1 200 OK\r\n",
    "Transfer-Encoding: chunked\r\n",
    "\r\n",
    "5\r\nhello\r\n",
    "3;x=y\r\nyou\r\n",
    "0\r\n\r\n",
  ],
  ["HTTP/1.0 404 Not Found\r\n", "A: b\r\n", "\r\n", "no hello here\n"],
  ["HTTP/1.1 302 Found\r\n", "Location: /x\r\n", "Content-Length: 0\r\n", "\r\n"],
  [
    "HTTP/1.1 200 OK\r\n",
    "Last-Modified: Sun, 01 Nov 2026 00:00:00 GMT\r\n",
    "Server: x\r\n",
    "\r\n",
    "hello\n",
  ],
  ["HTTP/1.1 204 No Content\r\n", "\r\n"],
];
const OTHERS = [
  ...[
    "",
    "\r\n",
    "\n",
    "\r\n\r\n",
    " folded\r\n",
    "X\r\n",
    ": x\r\n",
    "X: y\n",
    "X : y\r\n",
    "caf\xc3\xa9: \xff\r\n",
  ],
  ...["Content-Length: 5\r\n", "Content-Length: 7\r\n", "Content-Length: -1\r\n", "content-length:x\r\n"],
  ...["Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Connection: close\r\n"],
  ...["Content-Encoding: gzip\r\n", "Location: http://127.0.0.1:1/\r\n", "Location: \r\n", "A: b\r\rc\r\n"],
  ...[
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 200\r\n",
    "HTTP/2 200\r\n",
    "HTTP/1.1 99 x\r\n",
    "ICY 200 OK\r\n",
  ],
  ...[
    "HTTP/1.1 500 Oh\r\n",
    "hTTP/1.1 200 OK\r\n",
    "HTTP/1.1  200 OK\r\n",
    "SSH-2.0-x\r\n",
    "<html>hello</html>",
  ],
  ...["0\r\n\r\n", "5\r\nhello\r\n", "fffffff\r\n", "-1\r\n", "\0\0\0", "hello"],
];

/** The end of a request. */
const END = "\r\n\r\n";

const ofCheck = (check: Check, options: readonly string[]): Protocol => ({
  name: `HTTP for ${check.name}`,
  sizeOf: (heard) => (heard.includes(END) ? heard.indexOf(END) + END.length : 0),
  tokens: [
    "\r\n",
    "\n",
    "\r\n\r\n",
    "Content-Length: ",
    "chunked",
    "0\r\n\r\n",
    ": ",
    " ",
    "\t",
    "\0",
    "200",
  ],
  others: texts(...OTHERS),
  dialogues: PAGES.flatMap((page) =>
    options.map((line) => ({
      check,
      words: `-H 127.0.0.1 -p PORT -t 2 ${line}`.trim().split(" "),
      turns: [texts(...page)],
    })),
  ),
  rules: [
    [/\bafter \d+ ms/g, "after N ms"],
    [/\bafter \d+ milliseconds/g, "after N milliseconds"],
  ],
});

const SHARED = ["", "-s hello", "-e 200", "-r hel+o -l", "-d A:", "-m 5:100", "-f critical", "-N"];

/** Servers of pages. */
export const HTTP_PROTOCOLS: readonly Protocol[] = [
  ofCheck(checkHttp, [...SHARED, "-M 1h", "-f follow"]),
  ofCheck(checkCurl, [...SHARED, "-B"]),
];
