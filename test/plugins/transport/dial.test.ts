import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectFailure, dial, type Endpoint, wirePort } from "../../../plugins/transport/dial.ts";
import { StreamPeer } from "../../../plugins/transport/peer.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { Resolver } from "../../../sdk/resolve.ts";
import { freePort } from "../../support/free-port.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { banner, FakeServers } from "../../support/servers/fake-servers.ts";

checkLeaks();

const { signal } = new AbortController();
const PLAIN_FILE = join(mkdtempSync(join(tmpdir(), "dial-")), "file");
beforeAll(() => writeFileSync(PLAIN_FILE, ""));
afterAll(() => rmSync(dirname(PLAIN_FILE), { recursive: true }));

function connect(endpoint: Endpoint, until: AbortSignal = signal): Promise<Socket> {
  return dial(endpoint, { resolver: new Resolver(), signal: until });
}

describe("no connection", () => {
  it("is told in the plugins' words", async () => {
    const port = await freePort();
    await expect(connect({ host: "127.0.0.1", port })).rejects.toMatchObject({
      message: `connect to address 127.0.0.1 and port ${port}: Connection refused`,
      step: "connect",
      state: 2,
    });
  });

  it.each<readonly [Endpoint, string]>([
    [{ host: "[::1]", port: 1 }, "connect to address ::1] and port 1: Connection refused"],
    [{ host: "127.0.0.1", port: 0 }, "connect to address 127.0.0.1 and port 0: Connection refused"],
    [
      { host: "255.255.255.255", port: 80 },
      "connect to address 255.255.255.255 and port 80: Network is unreachable",
    ],
    [
      { path: "/nonexistent/socket" },
      "connect to file socket /nonexistent/socket: No such file or directory",
    ],
    [{ path: PLAIN_FILE }, `connect to file socket ${PLAIN_FILE}: Connection refused`],
    [{ host: "127.0.0.1", port: 1, family: 6 }, "Address family for hostname not supported"],
  ])("to %j", async (target, message) => {
    await expect(connect(target)).rejects.toThrow(message);
  });

  it.each([
    ["EHOSTUNREACH", "No route to host"],
    ["ENETUNREACH", "Network is unreachable"],
    ["ETIMEDOUT", "Connection timed out"],
    ["EACCES", "Permission denied"],
  ])("for %s", (code, text) => {
    expect(connectFailure("h", 80, code)).toBe(`connect to address h and port 80: ${text}`);
  });
});

it("keeps five digits of a port and 16 bits of those", () => {
  expect([22, 65_536, 99_999, 100_000].map(wirePort)).toEqual([22, 0, 34_463, 10_000]);
});

describe("a connection", () => {
  it("is made to the first address that takes it", async () => {
    await using servers = new FakeServers();
    const port = await servers.tcp(banner("hello"));
    const addresses = [
      { address: "::1", family: 6 },
      { address: "127.0.0.1", family: 4 },
    ];
    const resolver = new Resolver(() => Promise.resolve(addresses));
    const socket = await dial({ host: "two.example", port }, { resolver, signal });
    expect(socket.remoteAddress).toBe("127.0.0.1");
    socket.destroy();
  });

  it("is made to the path of a Unix socket", async () => {
    await using servers = new FakeServers();
    const socket = await connect({ path: await servers.unix(banner("hello")) });
    expect(socket.readyState).toBe("open");
    socket.destroy();
  });

  it("that is reset at once counts as a connection", async () => {
    await using servers = new FakeServers();
    const port = await servers.tcp((socket) => socket.resetAndDestroy());
    const socket = await connect({ host: "127.0.0.1", port });
    await expect(new StreamPeer(socket).receive(100)).rejects.toThrow(CheckDeclined);
  });

  it("is given up when the time is up, before it is made", async () => {
    await using servers = new FakeServers();
    const deadline = new AbortController();
    const connecting = connect({ host: "127.0.0.1", port: await servers.full() }, deadline.signal);
    deadline.abort(new Error("time is up"));
    await expect(connecting).rejects.toThrow("time is up");
  });

  it("is destroyed when the time is up", async () => {
    await using servers = new FakeServers();
    const deadline = new AbortController();
    const socket = await connect({ host: "127.0.0.1", port: await servers.tcp(() => {}) }, deadline.signal);
    deadline.abort();
    expect(socket.destroyed).toBe(true);
  });
});
