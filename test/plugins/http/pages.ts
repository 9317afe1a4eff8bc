import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Serve } from "../../support/servers/fake-servers.ts";

/** What an odd server sends for a path: bytes, and the end of the connection, or something else. */
type Page = string | ((socket: Socket, request: string) => void);

const OK = "HTTP/1.1 200 OK\r\n";
const SLOW_MS = 1_200;

/** The pages of the recordings. */
const RECORDED: Readonly<Record<string, Page>> = {
  "/nostatus": "hello no http\r\n",
  "/chunked": `${OK}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`,
  "/slow": (socket) => {
    const timer = setTimeout(() => socket.end("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"), SLOW_MS);
    socket.once("close", () => clearTimeout(timer));
  },
  "/hang": () => {},
  "/empty": "",
  "/http10":
    "HTTP/1.0 200 Fine Indeed\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n\r\nbody here",
  "/nodate": `${OK}\r\nx`,
  "/204": "HTTP/1.1 204 No Content\r\n\r\n",
  "/301noloc": "HTTP/1.1 301 Moved Permanently\r\n\r\n",
  "/loop": "HTTP/1.1 302 Found\r\nLocation: /loop\r\n\r\n",
  "/loop2": "HTTP/1.1 302 Found\r\nLocation: /loop2?x\r\n\r\n",
  "/600": "HTTP/1.1 600 Odd\r\n\r\n",
  "/echo": (socket, request) => socket.end(`${OK}Content-Type: text/plain\r\n\r\n${request}`, "latin1"),
};

const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

/** Answers in odd forms. A path begins with what it is about. */
const ODD: Readonly<Record<string, Page>> = {
  "/chunks/extension": `${CHUNKED}5;a=b\r\nhello\r\n0;c\r\n\r\n`,
  "/chunks/none": `${CHUNKED}0\r\n\r\n`,
  "/chunks/nothing": CHUNKED,
  "/chunks/broken": `${CHUNKED}zz\r\nhello\r\n0\r\n\r\n`,
  "/chunks/prefix": `${OK}transfer-encoding:   CHUNKED\r\n\r\n 0x5\r\nhello\r\n+0\r\n\r\n`,
  "/chunks/zeros": `${CHUNKED}0005\r\nhello\r\n000\r\n\r\n`,
  "/chunks/trailer": `${CHUNKED}5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n`,
  "/chunks/unended": `${CHUNKED}5\r\nhello\r\n6\r\n world\r\n`,
  "/chunks/large": `${CHUNKED}4e20\r\n${"x".repeat(20_000)}\r\n5\r\nhello\r\n0\r\n\r\n`,
  "/breaks/lf": "HTTP/1.1 200 OK\nA: b\nServer: odd\n\nhello\n",
  "/breaks/mixed": "HTTP/1.1 200 OK\n\rA: b\r\nC: d\n\r\n\r\n\n\nhello World\r\n",
  "/breaks/cr": "HTTP/1.1 200 OK\rA: b\r\rhello\r",
  "/breaks/doubled": "HTTP/1.1 200 OK\r\r\nA: b\r\r\n\r\r\nhello",
  "/breaks/leading": "\r\nHTTP/1.1 200 OK\r\n\r\nhello\r\n\r\n",
  "/breaks/none": `${OK}\r\nhello\r\nWorld: 1\r\n\r\nlast\r\n\r\n`,
  "/breaks/unended": "HTTP/1.1 200 OK",
  "/breaks/header": `${OK}Server: odd\r\n`,
  "/breaks/blanks": "HTTP/1.1 200 OK \t \r\nServer: odd\r\n\r\n  hello",
  "/status/long": "HTTP/1.1 2000 OK\r\nA: b\r\n\r\nhello\r\n\r\n",
  "/status/short": "HTTP/1.1 20 OK\r\nA: b\r\n\r\nhello\r\n\r\n",
  "/status/letters": "HTTP/1.1 abc\r\nA: b\r\n\r\nhello\r\n\r\n",
  "/status/bare": "HTTP/1.1 200\r\nA: b\r\n\r\nhello",
  "/status/blanks": "HTTP/1.1  200 OK\r\nA: b\r\n\r\nhello",
  "/status/low": "HTTP/1.1 099 Low\r\nA: b\r\n\r\nhello",
  "/status/100": "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\nhello",
  "/status/304": "HTTP/1.1 304 Not Modified\r\nA: b\r\n\r\n",
  "/status/503": "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 3\r\n\r\nbusy",
  "/status/icy": "ICY 200 OK\r\nA: b\r\n\r\nhello",
  "/status/prefixed": "xHTTP/1.0 200 OK\r\nA: b\r\n\r\nhello",
  "/bytes/nul": `${OK}A: b\r\n\r\nhel\0lo\0\0World`,
  "/bytes/utf8": `${OK}A: caf\xc3\xa9\r\n\r\nhello caf\xc3\xa9 \xe2\x82\xac W\xf6rld\xff`,
  "/bytes/large": `${OK}A: b\r\n\r\n${"hello World, all is well\n".repeat(10_000)}`,
  "/bytes/lines": `${OK}A: b\r\n\r\nhello\nWorld\r\nstatus: up\n`,
  "/dates/old": dated("Mon, 02 Jan 2023 00:00:00 GMT", "Sun, 01 Jan 2023 20:59:58 GMT"),
  "/dates/older": dated("Mon, 02 Jan 2023 00:00:00 GMT", "Sat, 24 Dec 2022 07:13:11 GMT"),
  "/dates/future": dated("Mon, 02 Jan 2023 00:00:00 GMT", "Mon, 02 Jan 2023 00:00:31 GMT"),
  "/dates/near": dated("Mon, 02 Jan 2023 00:00:00 GMT", "Mon, 02 Jan 2023 00:00:30 GMT"),
  "/dates/no-server": dated("yesterday", "Mon, 02 Jan 2023 00:00:31 GMT"),
  "/dates/no-document": dated("Mon, 02 Jan 2023 00:00:31 GMT", "Mon, 32 Jan 2023 00:00:31 GMT"),
  "/dates/blank-day": dated("Mon,  2 Jan 2023 00:00:00 GMT", "Sun,  1 Jan 2023 25:61:61 GMT"),
  "/dates/no-month": dated("Mon, 02 Foo 2023 00:00:00 GMT", "Sun, 01 Jan 2023 00:00:00 GMT"),
  "/dates/ancient": dated("Mon, 02 Jan 1950 00:00:00 GMT", "Sun, 01 Jan 1950 00:00:00 GMT"),
  "/dates/far": dated("Mon, 02 Jan 2023 00:00:00 GMT", "Sat, 20 Jan 2091 03:14:07 GMT"),
  "/dates/farther": dated("Mon, 02 Jan 2023 00:00:00 GMT", "Sat, 20 Jan 2091 03:14:08 GMT"),
  "/dates/farthest": dated("Mon, 02 Jan 2023 00:00:00 GMT", "Mon, 02 Jan 9999 00:00:00 GMT"),
  "/dates/long-ago": dated("Sat, 20 Jan 2091 03:14:08 GMT", "Mon, 02 Jan 2023 00:00:00 GMT"),
  "/dates/longest-ago": dated("Mon, 02 Jan 9999 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:01 GMT"),
  "/dates/undated": `${OK}Date: Mon, 02 Jan 2023 00:00:00 GMT\r\n\r\nhello`,
  "/dates/last": `${OK}Date: x\r\nLAST-Modified:\r\n Sun, 01 Jan 2023 00:00:00 GMT\r\ndate:\tMon, 02 Jan 2023 00:00:00 GMT\r\n\r\nhello`,
  "/end/reset": (socket) => {
    socket.write(`${OK}A: b\r\n\r\nhello`, () => reset(socket));
  },
  "/end/reset-at-once": reset,
  "/end/parts": (socket) => {
    socket.write("HTTP/1.1 20", () =>
      setTimeout(() => {
        socket.write("0 OK\r\nA: b\r", () => setTimeout(() => socket.end("\n\r\nhello"), 30));
      }, 30),
    );
  },
};

/** Node cannot reset a connection below TLS: it is closed without the end of TLS. */
function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

function dated(date: string, modified: string): string {
  return `${OK}Date: ${date}\r\nServer: odd\r\nLast-Modified: ${modified}\r\n\r\nhello`;
}

/** Locations. `PORT` is the server's own port, and `TLS` that of a server with the same pages over TLS. */
const LOCATIONS: readonly string[] = [
  "http://127.0.0.1:PORT/bytes/lines",
  "http://localhost:PORT/bytes/lines",
  "http://127.0.0.1:PORT",
  "http://127.0.0.1:PORT/",
  "http://127.0.0.1:PORT?a=b",
  "http://127.0.0.1:PORT//bytes//lines",
  "HTTP://127.0.0.1:PORT/bytes/lines",
  "https://127.0.0.1:TLS/bytes/lines",
  "https://127.0.0.1:TLS/redirect/0",
  "https://127.0.0.1:PORT/",
  "http://127.0.0.1:99999/x",
  "http://127.0.0.1:1234567/x",
  "http://127.0.0.1:1/x",
  "http://127.0.0.1:PORT/a b",
  'http://127.0.0.1:PORT/bytes/lines"x',
  "ftp://127.0.0.1/x",
  "http://[::1]:PORT/x",
  "http://",
  "//127.0.0.1/x",
  "//127.0.0.1:PORT/x",
  "//127.0.0.1",
  "/bytes/lines",
  "/bytes/../echo",
  "lines",
  "?a=b",
  "#",
  '"quoted"',
  "\t /bytes/lines",
  "\r\n /bytes/lines",
  "\r\n",
  "",
];

const HEADERS: readonly string[] = [
  "Location: X\r\n",
  "A: b\r\nlocation: X\r\nB: c\r\n",
  "LOCATION:X\r\nLocation: /not-this\r\n",
  "X-Location: /not-this\r\nLocation: X\r\n",
];

/** The paths of all pages. */
export function listPaths(): readonly string[] {
  return [
    ...Object.keys(ODD),
    "/http10",
    "/nodate",
    "/204",
    "/301noloc",
    "/600",
    "/nostatus",
    "/chunked",
    "/empty",
  ];
}

export function listRedirects(): readonly string[] {
  return [...LOCATIONS.map((_, at) => `/redirect/${at}`), "/loop", "/loop2", "/301noloc", "/redirect/beside"];
}

/** Serves all pages. The ports are known when all servers listen. */
export function oddServer(ports: { readonly plain: number; readonly tls: number }): Serve {
  return (socket) => {
    let request = "";
    socket.on("data", (data: Buffer) => {
      const isKnown = request.includes("\r\n\r\n");
      request += data.toString("latin1");
      if (!/^[A-Z /]/.test(request)) socket.end("HTTP, please\r\n");
      else if (!isKnown && request.includes("\r\n\r\n")) answer(socket, request, ports);
    });
  };
}

function answer(
  socket: Socket,
  request: string,
  { plain, tls }: { readonly plain: number; readonly tls: number },
): void {
  const [, path = ""] = request.split(" ", 2);
  const page = findPage(path);
  if (typeof page !== "string") page(socket, request);
  else socket.end(page.replaceAll("PORT", String(plain)).replaceAll("TLS", String(tls)), "latin1");
}

function findPage(path: string): Page {
  const [, number] = /^\/redirect\/([0-9]+)$/.exec(path) ?? [];
  if (number !== undefined) {
    const header = HEADERS[Number(number) % HEADERS.length] ?? "";
    return `HTTP/1.1 302 Found\r\n${header.replace("X\r", `${LOCATIONS[Number(number)]}\r`)}\r\nelsewhere\r\n\r\n`;
  }
  if (path === "/redirect/beside") return "HTTP/1.1 301 Here\r\nLocation: beside\r\n\r\n";
  return RECORDED[path] ?? ODD[path] ?? "HTTP/1.1 404 Nope\r\nContent-Length: 0\r\n\r\n";
}
