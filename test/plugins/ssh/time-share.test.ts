import type { Socket } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { checkBySsh } from "../../../plugins/ssh/check_by_ssh.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { Cutter } from "../cutter.ts";
import { compareWithPlugin } from "../differential.ts";
import { SshServer } from "./ssh-server.ts";
import { withPlugin } from "./with-plugin.ts";

const plugin = findPlugin("check_by_ssh");
const VERSION = "SSH-2.0-OpenSSH_9.2p1\r\n";

const after = (ms: number, act: (socket: Socket) => void) => (socket: Socket) => {
  const timer = setTimeout(() => act(socket), ms);
  socket.once("close", () => clearTimeout(timer));
};

/** Servers of which ssh says something natively unknown, after a while. */
const LATE: Readonly<Record<string, (socket: Socket) => void>> = {
  "greets and closes two seconds later": (socket) => {
    socket.write(VERSION);
    after(2_000, () => socket.end())(socket);
  },
  "closes after two seconds without a word": after(2_000, (socket) => socket.end()),
  "resets the connection after two seconds": after(2_000, (socket) => socket.resetAndDestroy()),
  "talks junk and stays": (socket) => socket.write("220 mail.example ESMTP\r\n500 what?\r\n"),
  "talks junk and closes two seconds later": (socket) => {
    socket.write("220 mail.example ESMTP\r\n500 what?\r\n");
    after(2_000, () => socket.end())(socket);
  },
};

const servers = new FakeServers();
afterAll(() => servers[Symbol.asyncDispose]());
const line = (port: number, ...words: readonly string[]) => [
  ...["-F", "none", "-H", "127.0.0.1", "-p", String(port), "-C", "true", ...words],
];

// They wait most of the time.
describe.skipIf(plugin === undefined)("a server that", { concurrent: true }, () => {
  it.each(Object.entries(LATE))("%s, gets the plugin's answer", async (_, serve) => {
    const { check, declined } = withPlugin(checkBySsh, plugin ?? "");
    const lines = [line(await servers.tcp(serve), "-t", "4")];
    const { differences } = await compareWithPlugin(check, plugin ?? "", lines);
    expect(differences).toEqual([]);
    expect(Object.values(declined)).toEqual([1]);
  });

  it.each([
    ["says nothing", () => {}],
    ["says a part of its version and no more", (socket: Socket) => socket.write("SSH-2.0-Open")],
    ["talks of something else", (socket: Socket) => socket.write("220 mail.example ESMTP\r\n")],
  ])("%s, has timed out after ConnectTimeout", async (_, serve) => {
    const { check, declined } = withPlugin(checkBySsh, plugin ?? "");
    const lines = [line(await servers.tcp(serve), "-o", "ConnectTimeout=1", "-E1", "-t", "15")];
    const { differences } = await compareWithPlugin(check, plugin ?? "", lines);
    expect({ differences, declined }).toEqual({ differences: [], declined: {} });
  });
});

describe("a login", () => {
  it.concurrent.each(Object.entries(LATE))(
    "is left to ssh in an eighth of the time where a server %s",
    async (_, serve) => {
      const port = await servers.tcp(serve);
      const begin = performance.now();
      await using shared = new SharedValues({ log: () => {} });
      await expect(runCheck(checkBySsh, line(port, "-t", "8"), { shared })).rejects.toThrow(
        "slow to let this process",
      );
      const time = performance.now() - begin;
      expect(time).toBeGreaterThan(950);
      // A busy machine may be late. Most servers act after two seconds, which would be another reason.
      expect(time).toBeLessThan(3_500);
      // The next check of this server is left to ssh at once.
      await expect(runCheck(checkBySsh, line(port, "-t", "8"), { shared })).rejects.toThrow(
        "slow to let this process",
      );
      expect(performance.now() - begin - time).toBeLessThan(900);
    },
  );

  it.concurrent("is tried where a server was too slow for a check with less time", async () => {
    await using server = await SshServer.start();
    await using cutter = await Cutter.to(server.port, () => ({ length: 100_000, pauseMs: 300 }));
    await using shared = new SharedValues({ log: () => {} });
    const alias = ["-o", `HostKeyAlias=[127.0.0.1]:${server.port}`];
    const run = (timeout: string) =>
      runCheck(
        checkBySsh,
        ["-p", String(cutter.port), ...server.words, ...alias, "-C", "true", "-t", timeout],
        { shared },
      );
    await expect(run("2")).rejects.toThrow("slow to let this process");
    expect((await run("20")).output).toBe("ok\n");
    await expect(run("2")).rejects.toThrow("slow to let this process");
  });

  it.concurrent("may take an eighth of the time for each of its stages", async () => {
    await using server = await SshServer.start();
    await using cutter = await Cutter.to(server.port, () => ({ length: 100_000, pauseMs: 500 }));
    const alias = ["-o", `HostKeyAlias=[127.0.0.1]:${server.port}`];
    const begin = performance.now();
    const { output } = await runCheck(checkBySsh, [
      ...["-p", String(cutter.port), ...server.words, ...alias, "-C", "true", "-t", "20"],
    ]);
    expect(output).toBe("ok\n");
    expect(performance.now() - begin).toBeGreaterThan(20_000 / 8);
  });

  it("is not given up where this process was late itself", async () => {
    await using server = await SshServer.start();
    const running = runCheck(checkBySsh, [...server.words, "-C", "true", "-t", "4"]);
    // Each of these turns holds up the event loop for more than an eighth of the time.
    for (let turns = 0; turns < 4; turns += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      for (const end = performance.now() + 600; performance.now() < end; );
    }
    expect((await running).output).toBe("ok\n");
  });
});
