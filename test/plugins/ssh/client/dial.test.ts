import { describe, expect, it } from "vitest";
import { dial } from "../../../../plugins/ssh/client/dial.ts";
import { SshFailure } from "../../../../plugins/ssh/openssh/failure.ts";
import { CheckDeclined, ResolveError } from "../../../../sdk/index.ts";
import { Resolver } from "../../../../sdk/resolve.ts";
import { freePort } from "../../../support/free-port.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { banner, FakeServers } from "../../../support/servers/fake-servers.ts";

checkLeaks();

const { signal } = new AbortController();
const DESTINATION = { host: "h.example", port: 22, family: 0, connectTimeout: undefined } as const;
const failing = (code: string) => new Resolver(() => Promise.reject(new ResolveError(code)));
const HERE = { address: "127.0.0.1", family: 4 };

describe("a name without an address", () => {
  it.each([
    ["EAI_AGAIN", "Temporary failure in name resolution"],
    ["EAI_NODATA", "No address associated with hostname"],
    ["EAI_NONAME", "Name or service not known"],
  ])("is reported in ssh's words for %s", async (code, words) => {
    await expect(dial(DESTINATION, failing(code), signal)).rejects.toEqual(
      new SshFailure([
        { severity: "error", text: `ssh: Could not resolve hostname h.example: ${words}\r\n` },
      ]),
    );
  });

  it.each(["EAI_FAIL", "EAI_MEMORY"])("is left to ssh for %s", async (code) => {
    await expect(dial(DESTINATION, failing(code), signal)).rejects.toEqual(
      new CheckDeclined("the host's name cannot be resolved"),
    );
  });

  it("is left to ssh where the host is an address of another family", async () => {
    await expect(
      dial({ ...DESTINATION, host: "127.0.0.1", family: 6 }, new Resolver(), signal),
    ).rejects.toEqual(new CheckDeclined("the address is of another family"));
  });

  it("is not waited for when the time is up", async () => {
    const deadline = new AbortController();
    const dialing = dial(DESTINATION, new Resolver(() => new Promise(() => {})), deadline.signal);
    deadline.abort(new Error("time is up"));
    await expect(dialing).rejects.toThrow("time is up");
  });
});

describe("a connection", () => {
  it("is made to the first address that accepts it, and the name is resolved each time", async () => {
    await using servers = new FakeServers();
    const port = await servers.tcp(banner("hello"));
    let asked = 0;
    const resolver = new Resolver(async () => {
      asked += 1;
      return [{ address: "::1", family: 6 }, HERE];
    });
    for (let at = 0; at < 2; at += 1) {
      const socket = await dial({ ...DESTINATION, port }, resolver, signal);
      expect(socket.remoteAddress).toBe("127.0.0.1");
      socket.destroy();
    }
    expect(asked).toBe(2);
  });

  it("that is refused is reported in ssh's words", async () => {
    const port = await freePort();
    const text = `ssh: connect to host h.example port ${port}: Connection refused\r\n`;
    await expect(dial({ ...DESTINATION, port }, new Resolver(async () => [HERE]), signal)).rejects.toEqual(
      new SshFailure([{ severity: "error", text }]),
    );
  });

  it("that takes longer than ConnectTimeout has timed out", async () => {
    await using servers = new FakeServers();
    const destination = {
      ...DESTINATION,
      host: "127.0.0.1",
      port: await servers.full(),
      connectTimeout: 0.05,
    };
    await expect(dial(destination, new Resolver(), signal)).rejects.toThrow("Connection timed out");
  });

  it("may take the time of ConnectTimeout once, for all addresses together", async () => {
    await using servers = new FakeServers();
    const destination = { ...DESTINATION, port: await servers.full(), connectTimeout: 0.2 };
    const startedAt = performance.now();
    const dialing = dial(destination, new Resolver(async () => Array(10).fill(HERE)), signal);
    await expect(dialing).rejects.toThrow("Connection timed out");
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it("stays open after the time of ConnectTimeout, and after the end of the check that made it", async () => {
    await using servers = new FakeServers();
    const check = new AbortController();
    const destination = { ...DESTINATION, port: await servers.tcp(banner("hello")), connectTimeout: 0.05 };
    const socket = await dial(destination, new Resolver(async () => [HERE]), check.signal);
    // This attempt ends after the time of the first one.
    const late = dial(
      { ...destination, port: await servers.full() },
      new Resolver(async () => [HERE]),
      signal,
    );
    await expect(late).rejects.toThrow("Connection timed out");
    check.abort();
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  });

  it("that fails in an unusual way is left to ssh", async () => {
    const resolver = new Resolver(async () => [{ address: "no.such.host.invalid", family: 4 }]);
    await expect(dial(DESTINATION, resolver, signal)).rejects.toEqual(
      new CheckDeclined("the connection failed in an unusual way"),
    );
  });
});
