import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkHttp } from "../../../plugins/http/check_http.ts";
import { readHttpCommand } from "../../../plugins/http/command.ts";
import { HTTP_CONNECTIONS } from "../../../plugins/http/connections.ts";
import { askPersistently } from "../../../plugins/http/keep-alive.ts";
import { HTTP_PAGES } from "../../../plugins/http/page-budget.ts";
import { NATIVE_HTTP_KEEPALIVE } from "../../../plugins/http/settings.ts";
import { TargetClock } from "../../../plugins/transport/timing.ts";
import { TLS_CONTEXTS } from "../../../plugins/transport/tls-contexts.ts";
import { RESOLVER } from "../../../sdk/index.ts";
import { Resolver } from "../../../sdk/resolve.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";

const PAGE = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const CLOSED = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello";

/** How a server answers: with a text, after which the connection stays open, or by a function. */
type Answer = string | ((socket: Socket) => void);

/** A request, and the number of its connection. */
interface Seen {
  readonly connection: number;
  readonly request: string;
}

const certificate = createCertificate({ commonNames: ["keep.example"], notAfter: inDays(20) });
const closed =
  (text = CLOSED): Answer =>
  (socket) =>
    void socket.end(text);

checkLeaks();

describe("kept connections", () => {
  let servers: FakeServers;
  let shared: SharedValues;
  let seen: Seen[];
  let sockets: Socket[];
  let isOn: boolean;
  beforeEach(() => {
    [isOn, seen, sockets] = [true, [], []];
    servers = new FakeServers();
    shared = new SharedValues({ log: () => {}, settings: () => new Map([[NATIVE_HTTP_KEEPALIVE, isOn]]) });
  });
  afterEach(async () => {
    await shared[Symbol.asyncDispose]();
    await servers[Symbol.asyncDispose]();
  });

  /** Gives the answers in their order, and then always the last one. */
  function serve(...answers: readonly Answer[]) {
    return (socket: Socket) => {
      const connection = sockets.push(socket) - 1;
      socket.on("data", (data: Buffer) => {
        const answer = answers[Math.min(seen.length, answers.length - 1)] ?? "";
        seen.push({ connection, request: data.toString("latin1") });
        if (typeof answer === "string") socket.write(answer);
        else answer(socket);
      });
    };
  }

  const run = (port: number, words = "", signal?: AbortSignal) =>
    runCheck(checkHttp, `-H 127.0.0.1 -p ${port} ${words}`, { shared, ...(signal && { signal }) });
  const connections = () => seen.map(({ connection }) => connection);
  const wishes = () => seen.map(({ request }) => /^Connection: (.*)\r$/m.exec(request)?.[1]);
  const idleCount = () => shared.get(HTTP_CONNECTIONS).idleCount;

  it("serve one check after the other", async () => {
    const port = await servers.tcp(serve(PAGE, PAGE, PAGE.slice(0, -5), PAGE));
    for (const words of ["", "-u /other -s hello", "-j HEAD -e 200", "-H other.example -I 127.0.0.1"]) {
      const { returnCode, output } = await run(port, words);
      expect({ returnCode, output }).toEqual({ returnCode: 0, output: expect.stringContaining("HTTP OK: ") });
    }
    expect(connections()).toEqual([0, 0, 0, 0]);
    expect(new Set(wishes())).toEqual(new Set(["keep-alive"]));
  });

  it("are not used unless the operator switches them on", async () => {
    isOn = false;
    const port = await servers.tcp(serve(closed()));
    await run(port);
    await run(port);
    expect([connections(), wishes()]).toEqual([
      [0, 1],
      ["close", "close"],
    ]);
  });

  it("are not used after the operator has switched them off", async () => {
    const port = await servers.tcp(serve(PAGE, closed()));
    await run(port);
    isOn = false;
    await run(port);
    expect([connections(), wishes()]).toEqual([
      [0, 1],
      ["keep-alive", "close"],
    ]);
  });

  it("serve answers in chunks, and answers that come in parts", async () => {
    const parts = [
      "HTTP/1.1 200 OK\r\nTransfer-Enc",
      "oding: chunked\r\n\r\n5\r\nhel",
      "lo\r\n0\r",
      "\n\r\n",
    ];
    const drip: Answer = (socket) => {
      const [first = "", ...others] = parts;
      const next = (text: string) =>
        socket.write(text, () => setImmediate(() => others.length > 0 && next(others.shift() ?? "")));
      next(first);
    };
    const port = await servers.tcp(serve(drip));
    for (const _ of [1, 2]) {
      const { output } = await run(port, "-r ^hello$ -B");
      expect(output).toMatch(/^HTTP OK: HTTP\/1.1 200 OK - 62 bytes .*\nhello\n$/);
    }
    expect(connections()).toEqual([0, 0]);
  });

  it("serve one check at a time", async () => {
    const port = await servers.tcp(serve(PAGE));
    await Promise.all([run(port), run(port), run(port)]);
    expect(connections().sort()).toEqual([0, 1, 2]);
    await Promise.all([run(port), run(port)]);
    expect([sockets.length, idleCount()]).toEqual([3, 3]);
  });

  it("serve redirects", async () => {
    const elsewhere = "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n";
    const port = await servers.tcp(serve(elsewhere, PAGE));
    expect((await run(port, "-f follow")).output).toContain("HTTP OK: HTTP/1.1 200 OK");
    expect(connections()).toEqual([0, 0]);
  });

  it.each(["-a user:secret", "-k Cookie:a=b", "-k 'Authorization: Bearer x'"])(
    "are another's with %s",
    async (words) => {
      const port = await servers.tcp(serve(PAGE));
      for (const each of ["", words, "", words]) await run(port, each);
      expect(connections()).toEqual([0, 1, 0, 1]);
    },
  );

  it.each([
    ["-j PUT"],
    ["-j DELETE"],
    ["-P a=b"],
    ["-j GET -P a=b"],
    ["-N"],
    ["-d HTTP"],
    ["-m 0:100"],
    ["-b user:secret"],
    ["-k Connection:upgrade"],
    ["-k 'proxy-connection: close'"],
    ["-k Expect:100-continue"],
    ["-k 'Transfer-Encoding: chunked'"],
    ["-k 'no header'"],
    ["-k 'A: b\r\nConnection: close'"],
    ["-u http://other.example/"],
    ["-u '/ HTTP/1.1'"],
    ["-A 'a\r\nb'"],
  ])("are not for %j", async (words) => {
    const port = await servers.tcp(serve(PAGE, closed()));
    await run(port);
    await run(port, words);
    expect([connections(), wishes().at(-1)]).toEqual([[0, 1], "close"]);
    expect(idleCount()).toBe(1);
  });

  it("are not kept if the server closes them", async () => {
    const port = await servers.tcp(serve(closed()));
    await run(port);
    await run(port);
    expect([connections(), idleCount()]).toEqual([[0, 1], 0]);
  });

  it.each<[string, (socket: Socket) => void]>([
    ["closes it", (socket) => socket.end()],
    ["resets it", (socket) => socket.resetAndDestroy()],
    ["sends an answer to no request", (socket) => socket.write("HTTP/1.1 408 Request Timeout\r\n\r\n")],
    ["sends a single byte", (socket) => socket.write("\n")],
  ])("are closed when the server %s between two requests", async (_, act) => {
    const port = await servers.tcp(serve(PAGE));
    await run(port);
    const [socket] = sockets;
    if (socket === undefined) throw new Error("nobody came");
    const gone = once(socket, "close");
    act(socket);
    await gone;
    await expect.poll(idleCount).toBe(0);
    expect((await run(port)).returnCode).toBe(0);
    expect(connections()).toEqual([0, 1]);
  });

  it.each<[string, Answer]>([
    ["closes it", (socket) => void socket.end()],
    ["resets it", (socket) => void socket.resetAndDestroy()],
    ["has waited for too long", closed("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n")],
    [
      "has waited for too long, with a Content-Length",
      "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n",
    ],
    ["sends no HTTP", closed("* BYE\r\n")],
  ])("are replaced by new ones when the server %s at the next request", async (_, answer) => {
    const port = await servers.tcp(serve(PAGE, answer, PAGE));
    await run(port);
    const { returnCode, output } = await run(port, "-u /again");
    expect({ returnCode, output }).toEqual({
      returnCode: 0,
      output: expect.stringContaining("HTTP OK: HTTP/1.1 200 OK"),
    });
    expect(connections()).toEqual([0, 0, 1]);
    expect(seen.slice(1).map(({ request }) => request.split(" ")[1])).toEqual(["/again", "/again"]);
  });

  it("lead to no third request if a new connection fails too", async () => {
    const port = await servers.tcp(serve(PAGE, (socket) => void socket.end()));
    await run(port);
    expect((await run(port)).output).toBe("HTTP CRITICAL - No data received from host\n");
    expect(connections()).toEqual([0, 0, 1]);
  });

  it("give the answer 408 of a new one", async () => {
    const port = await servers.tcp(serve("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"));
    expect(await run(port)).toMatchObject({ returnCode: 1 });
    expect(connections()).toEqual([0]);
  });

  it("give an answer that is cut off as the plugin does", async () => {
    const port = await servers.tcp(serve(PAGE, closed(PAGE.slice(0, -2))));
    await run(port);
    expect((await run(port, "-B")).output).toMatch(/HTTP OK: .* 41 bytes .*\nhel\n$/);
    expect([connections(), idleCount()]).toEqual([[0, 0], 0]);
  });

  it.each([
    ["neither length nor chunks", "HTTP/1.1 200 OK\r\n\r\nhello"],
    ["length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello"],
    ["more than its length", `${PAGE} and more`],
    ["a chunk that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello"],
    ["no status", "hello there\r\n"],
  ])(
    "are not used for a page with %s, which is asked for as the plugin does, for a while",
    async (_, odd) => {
      const port = await servers.tcp(serve(odd, closed(), closed(), PAGE));
      for (const __ of [1, 2]) expect((await run(port, "-u /odd -s hello")).returnCode).toBe(0);
      await run(port, "-u /even");
      expect(wishes()).toEqual(["keep-alive", "close", "close", "keep-alive"]);
      expect([connections(), idleCount()]).toEqual([[0, 1, 2, 3], 1]);
    },
  );

  it("are closed when the time of a check is up, with all others of their key", async () => {
    const port = await servers.tcp(serve(PAGE, PAGE, () => {}, PAGE));
    await Promise.all([run(port), run(port)]);
    const gone = Promise.all(sockets.map((socket) => once(socket, "close")));
    const { returnCode, output } = await run(port, "-t 1");
    expect({ returnCode, output }).toEqual({
      returnCode: 2,
      output: "CRITICAL - Socket timeout after 1 seconds",
    });
    await gone;
    expect((await run(port)).returnCode).toBe(0);
    expect(connections().slice(-1)).toEqual([2]);
  });

  it("are closed when the worker stops the check", async () => {
    const stop = new AbortController();
    const port = await servers.tcp(serve(PAGE, () => stop.abort(new Error("given up"))));
    await run(port);
    const gone = sockets.map((socket) => once(socket, "close"));
    await expect(run(port, "", stop.signal)).rejects.toThrow("given up");
    await Promise.all(gone);
    expect([connections(), idleCount()]).toEqual([[0, 0], 0]);
  });

  it("are closed when the worker stops the check that has made one", async () => {
    const stop = new AbortController();
    const port = await servers.tcp(serve(() => stop.abort(new Error("given up"))));
    await expect(run(port, "", stop.signal)).rejects.toThrow("given up");
    await once(sockets[0] as Socket, "close");
    expect(idleCount()).toBe(0);
  });

  describe("asked for directly", () => {
    const open = (words: readonly string[], signal: AbortSignal, resolver = shared.get(RESOLVER)) => {
      const command = readHttpCommand(words);
      if (command === undefined) throw new Error("not understood");
      const page = {
        target: command.target,
        command,
        clientCertificate: { cert: undefined, key: undefined },
      };
      const [kept, contexts] = [shared.get(HTTP_CONNECTIONS), shared.get(TLS_CONTEXTS)];
      return askPersistently(page, {
        connections: kept,
        pages: shared.get(HTTP_PAGES),
        contexts,
        resolver,
        signal,
        clock: new TargetClock(),
      });
    };

    it("do not depend on a check that has ended", async () => {
      const over = new AbortController();
      const words = ["-H", "127.0.0.1", "-p", String(await servers.tcp(serve(PAGE)))];
      await open(words, over.signal);
      over.abort(new Error("too late to matter"));
      await open(words, new AbortController().signal);
      expect(connections()).toEqual([0, 0]);
    });

    it("are not kept if the first address of a name did not answer: it may answer the next check", async () => {
      const addresses = ["127.0.0.2", "127.0.0.1"].map((address) => ({ address, family: 4 }));
      const port = await servers.tcp(serve(PAGE));
      const resolver = new Resolver(async () => addresses);
      const words = ["-H", "two.example", "-p", String(port)];
      for (const _ of [1, 2]) await open(words, new AbortController().signal, resolver);
      expect([connections(), idleCount()]).toEqual([[0, 1], 0]);
    });

    it("are not used if the name has another address now", async () => {
      const port = await servers.tcp(serve(PAGE));
      const words = ["-H", "moved.example", "-p", String(port)];
      const at = (address: string) => new Resolver(async () => [{ address, family: 4 }]);
      const { signal } = new AbortController();
      await open(words, signal, at("127.0.0.1"));
      await expect(open(words, signal, at("127.0.0.2"))).rejects.toThrow("Connection refused");
      await open(words, signal, at("127.0.0.1"));
      expect(connections()).toEqual([0, 0]);
    });
  });

  it("are closed with the worker", async () => {
    const port = await servers.tcp(serve(PAGE));
    await Promise.all([run(port), run(port)]);
    const gone = Promise.all(sockets.map((socket) => once(socket, "close")));
    await shared[Symbol.asyncDispose]();
    await gone;
  });

  describe("over TLS", () => {
    const other = createCertificate({ commonNames: ["other.example"], notAfter: inDays(20) });
    const folder = mkdtempSync(join(tmpdir(), "keep-alive-"));
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const identity = ({ cert, key }: typeof other) => `-J ${file("c", cert)} -K ${file("k", key)}`;

    it("are kept for checks of the same settings", async () => {
      const port = await servers.tls(
        { ...certificate, requestCert: true, rejectUnauthorized: false },
        serve(PAGE),
      );
      const ours = () => identity(certificate);
      const named = "-I 127.0.0.1 -H keep.example --sni -S";
      const settings = ["-S", "-S1.2", ours, named, "-S --sni -I 127.0.0.1 -H other.example"];
      const lines = [...settings, ...settings, () => identity(other)];
      for (const line of lines) {
        const words = typeof line === "string" ? line : line();
        const host = words.includes("-I") ? words : `-H 127.0.0.1 ${words}`;
        expect(await runCheck(checkHttp, `-p ${port} ${host}`, { shared })).toMatchObject({ returnCode: 0 });
      }
      expect(connections()).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5]);
      rmSync(folder, { recursive: true });
    });

    it("are not used if the certificate is checked", async () => {
      const port = await servers.tls(certificate, serve(PAGE, closed()));
      await run(port, "-S");
      await run(port, "-S -C 5 --continue-after-certificate");
      expect((await run(port, "-C 5")).output).toContain("Certificate 'keep.example' will expire");
      expect(connections()).toEqual([0, 1]);
    });

    it("are closed when the server ends TLS", async () => {
      const port = await servers.tls(certificate, serve(PAGE));
      await run(port, "-S");
      sockets[0]?.end();
      await expect.poll(idleCount).toBe(0);
      await run(port, "-S");
      expect(connections()).toEqual([0, 1]);
    });
  });
});
