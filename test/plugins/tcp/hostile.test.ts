import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { checkSsh } from "../../../plugins/ssh/check_ssh.ts";
import { checkTcp, checkUdp } from "../../../plugins/tcp/check_tcp.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers, type Serve } from "../../support/servers/fake-servers.ts";

checkLeaks();

/** Writes as long as the other side reads. */
function endless(text: string): Serve {
  return (socket) => {
    const more = () => {
      while (!socket.destroyed && socket.write(text, "latin1"));
    };
    socket.on("drain", more);
    more();
  };
}

/** Sends a piece every few milliseconds, until the other side closes the connection. */
function dripping(next: (socket: Socket) => void, first = ""): Serve {
  return (socket) => {
    socket.write(first, "latin1");
    const timer = setInterval(() => next(socket), DRIP_MS);
    socket.once("close", () => clearInterval(timer));
  };
}

const DRIP_MS = 20;
const TIMED_OUT = {
  returnCode: 2,
  output: expect.stringMatching(/CRITICAL - Socket timeout after 1 seconds$/),
};
const CERTIFICATE = createCertificate({ commonNames: ["x"], notAfter: inDays(100) });
/** The start of a TLS record whose rest never comes. */
const HALF_A_RECORD = "\x16\x03\x03\x40\x00";

const HOSTILE: readonly (readonly [what: string, serve: Serve, words: string])[] = [
  ["a server that never stops", endless(`${"x".repeat(50_000)}\n`), "-e nothing"],
  ["one that never stops sending NUL", endless("\0".repeat(50_000)), "-e nothing -A -e more"],
  ["a byte at a time", dripping((socket) => socket.write("x")), "-e nothing"],
  ["a silent server", () => {}, "-e nothing"],
  ["one that never reads", (socket) => socket.pause(), `-s ${"x".repeat(100_000)} -e nothing`],
  ["a handshake without an answer", () => {}, "-S"],
  ["half a handshake", (socket) => socket.write(HALF_A_RECORD, "latin1"), "-S"],
  ["the same byte by byte", dripping((socket) => socket.write("\x00"), HALF_A_RECORD), "-S"],
  ["a long delay", () => {}, "-d 30 -e x"],
];

describe("at the deadline nothing is left", () => {
  it("of a check of a hostile server, all of them at once", async () => {
    await using servers = new FakeServers();
    const run = async (serve: Serve, words: string) =>
      runCheck(checkTcp, `-H 127.0.0.1 -p ${await servers.tcp(serve)} -t 1 ${words}`);
    const runs = HOSTILE.map(async ([what, serve, words]) => [what, await run(serve, words)] as const);
    expect(await Promise.all(runs)).toMatchObject(HOSTILE.map(([what]) => [what, TIMED_OUT]));
  });

  it("of TLS that never stops", async () => {
    await using servers = new FakeServers();
    const port = await servers.tls(CERTIFICATE, endless("x".repeat(50_000)));
    expect(await runCheck(checkTcp, `-H 127.0.0.1 -p ${port} -t 1 -D 3 -e no`)).toMatchObject({
      returnCode: 2,
      output: expect.stringMatching(/^OK - Certificate 'x' .*\nCRITICAL - Socket timeout after 1 seconds$/),
    });
  });

  it("of a port whose queue is full", async () => {
    await using servers = new FakeServers();
    const line = `-H 127.0.0.1 -p ${await servers.full()} -t 1`;
    const runs = [checkTcp, checkSsh].map((check) => runCheck(check, line));
    expect(await Promise.all(runs)).toMatchObject([TIMED_OUT, TIMED_OUT]);
  });

  it("of a silent UDP port", async () => {
    await using servers = new FakeServers();
    const port = await servers.udp(() => undefined);
    expect(await runCheck(checkUdp, `-H 127.0.0.1 -p ${port} -t 1 -s x -e x`)).toMatchObject(TIMED_OUT);
  });

  it("of a silent SSH server", async () => {
    await using servers = new FakeServers();
    const port = await servers.tcp(() => {});
    expect(await runCheck(checkSsh, `-H 127.0.0.1 -p ${port} -t 1`)).toMatchObject(TIMED_OUT);
  });
});

it("reads no more of an SSH server's words than the plugin", async () => {
  await using servers = new FakeServers();
  const port = await servers.tcp(endless("y".repeat(50_000)));
  expect(await runCheck(checkSsh, `-H 127.0.0.1 -p ${port}`)).toMatchObject({
    returnCode: 2,
    output: `Server answer: ${"y".repeat(256)}`,
  });
});

describe("when the worker stops a check", () => {
  it.each<readonly [string, string]>([
    ["while it connects", "full"],
    ["while it waits for a reply", "silent"],
    ["while it shakes hands", "handshake"],
  ])("nothing is left of it %s", async (_, kind) => {
    await using servers = new FakeServers();
    const port = kind === "full" ? await servers.full() : await servers.tcp(() => {});
    const giving = new AbortController();
    const words = kind === "handshake" ? "-S" : "-e x";
    const running = runCheck(checkTcp, `-H 127.0.0.1 -p ${port} ${words}`, { signal: giving.signal });
    setImmediate(() => giving.abort(new Error("given up")));
    await expect(running).rejects.toThrow("given up");
  });
});

it("shows no more of a reply than 64 KiB", async () => {
  await using servers = new FakeServers();
  const port = await servers.tcp((socket) => socket.end("x".repeat(1_000_000)));
  const { returnCode, output } = await runCheck(checkTcp, `-H 127.0.0.1 -p ${port} -e nothing`);
  expect(returnCode).toBe(1);
  expect(output.length).toBeLessThan(70_000);
});
