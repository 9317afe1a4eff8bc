import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkHttp } from "../../../plugins/http/check_http.ts";
import { NATIVE_HTTP_KEEPALIVE } from "../../../plugins/http/settings.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { checkLeaksOfFile } from "../../support/leaks.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { banner, FakeServers, type Serve } from "../../support/servers/fake-servers.ts";

checkLeaksOfFile();

const MEGABYTE = 1_024 * 1_024;
const OK = "HTTP/1.1 200 OK\r\nServer: odd\r\n\r\n";

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/** Writes as fast as the other side reads, without an end or so many times. */
function flood(first: string, more: string, times = Number.POSITIVE_INFINITY): Serve {
  return (socket) => {
    let left = times;
    const write = () => {
      while (left > 0 && !socket.destroyed) {
        left -= 1;
        if (!socket.write(more, "latin1")) return;
      }
      if (left === 0) socket.end();
    };
    socket.on("drain", write);
    socket.write(first, "latin1", write);
  };
}

/** Sends one byte from time to time. */
function drip(text: string): Serve {
  return (socket) => {
    let at = 0;
    const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ""), 50);
    socket.once("close", () => clearInterval(timer));
  };
}

const TIMEOUT = "CRITICAL - Socket timeout after 1 seconds";
const filler = "x".repeat(65_536);

type Hostile = readonly [name: string, serve: Serve, options: string];

/** What a hostile server does with each connection. */
const ALWAYS: readonly Hostile[] = [
  ["never ends its page", flood(OK, filler), ""],
  ["sends line breaks only", flood("", "\r\n".repeat(1_000)), ""],
  ["sends a byte now and then", drip(OK), ""],
  ["says nothing", () => {}, ""],
  ["redirects for ever", (socket) => redirect(socket), "-f follow --max-redirs 1000000"],
];

const ONCE: readonly Hostile[] = [
  ...ALWAYS,
  ["never ends the page that is searched", flood(OK, filler), "-s needle -r needle"],
  ["never ends its header", flood("HTTP/1.1 200 OK\r\n", "A: b\r\n".repeat(1_000)), "-N"],
  ["never ends its status line", flood("HTTP/1.1 200 ", filler), "-N"],
  ["says nothing in the handshake", () => {}, "-S"],
  ["sends a record without end", banner("\x16\x03\x03\x40\x00\x02"), "-S"],
];

const KEPT: readonly Hostile[] = [
  ...ALWAYS,
  ["never ends what it sends in chunks", flood(CHUNKED, "1\r\nx\r\n".repeat(10_000)), ""],
  ["never ends a chunk", flood(`${CHUNKED}7fffffff\r\n`, filler), ""],
  [
    "never ends what has a length",
    flood("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n", filler),
    "",
  ],
];

// They wait most of the time.
describe.concurrent.each([
  { how: "asked once", nativeHttpKeepalive: false },
  { how: "whose connections are kept", nativeHttpKeepalive: true },
])("a server, $how, that", ({ nativeHttpKeepalive }) => {
  const run = async (line: string, signal?: AbortSignal) => {
    await using shared = new SharedValues({
      log: () => {},
      settings: () => new Map([[NATIVE_HTTP_KEEPALIVE, nativeHttpKeepalive]]),
    });
    return await runCheck(checkHttp, line, { shared, ...(signal && { signal }) });
  };
  const certificate = createCertificate({ commonNames: ["odd.example"], notAfter: inDays(20) });
  it.each<Hostile>(nativeHttpKeepalive ? KEPT : ONCE)(
    "%s is left when the time is up",
    async (_, serve, options) => {
      await using servers = new FakeServers();
      const port = await servers.tcp(serve);
      const { returnCode, output } = await run(`-H 127.0.0.1 -p ${port} -t 1 ${options}`);
      expect({ returnCode, output: output.trimEnd() }).toEqual({ returnCode: 2, output: TIMEOUT });
    },
  );

  it("floods over TLS is left when the time is up", async () => {
    await using servers = new FakeServers();
    const port = await servers.tls(certificate, flood(OK, filler));
    const { output } = await run(`-S -H 127.0.0.1 -p ${port} -t 1`);
    expect(output).toContain(TIMEOUT);
  });

  it("keeps the check waiting is left at once when the check is stopped", async () => {
    await using servers = new FakeServers();
    const port = await servers.tcp((socket) => socket.on("data", () => stop.abort(new Error("stopped"))));
    const stop = new AbortController();
    await expect(run(`-H 127.0.0.1 -p ${port}`, stop.signal)).rejects.toThrow("stopped");
  });
});

describe("a page of more than is kept", () => {
  const servers = new FakeServers();
  let port = 0;
  beforeAll(async () => {
    port = await servers.tcp(flood(OK, filler, 9 * 16));
  });
  afterAll(() => servers[Symbol.asyncDispose]());
  const size = OK.length + 9 * MEGABYTE;

  it("is counted", async () => {
    const { output } = await runCheck(checkHttp, `-H 127.0.0.1 -p ${port} -d odd -m 1:10`);
    expect(output).toContain(`page size ${size} too large - ${size} bytes in`);
  });

  it.each(["-s x", "-r x", "-B"])("is left to the plugin with %s", async (option) => {
    const run = runCheck(checkHttp, `-H 127.0.0.1 -p ${port} ${option}`);
    await expect(run).rejects.toThrow(new CheckDeclined("the page is too large to be searched"));
  });
});

it("other checks go on while a large page is searched for a hard pattern", async () => {
  await using servers = new FakeServers();
  const port = await servers.tcp(flood(OK, "a".repeat(65_536), 64));
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  const { output } = await runCheck(checkHttp, `-H 127.0.0.1 -p ${port} -r (a*)*b|a.{30}c$`);
  clearInterval(timer);
  expect(output).toContain("pattern not found");
  expect(turns).toBeGreaterThan(1);
});

function redirect(socket: Socket): void {
  socket.once("data", () => socket.end(`HTTP/1.1 302 Found\r\nLocation: /${crypto.randomUUID()}\r\n\r\n`));
}
