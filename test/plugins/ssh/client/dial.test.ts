import { describe, expect, it } from "vitest";
import { dial } from "../../../../plugins/ssh/client/dial.ts";
import { SshFailure } from "../../../../plugins/ssh/openssh/failure.ts";
import { CheckDeclined, ResolveError } from "../../../../sdk/index.ts";
import { Resolver } from "../../../../sdk/resolve.ts";
import { banner, FakeServers } from "../../../support/fake-servers.ts";
import { freePort } from "../../../support/free-port.ts";
import { checkLeaks } from "../../../support/leaks.ts";

checkLeaks();

const { signal } = new AbortController();
const TARGET = { host: "h.example", port: 22, family: 0, connectTimeout: undefined } as const;
const failing = (code: string) => new Resolver(() => Promise.reject(new ResolveError(code)));
const HERE = { address: "127.0.0.1", family: 4 };

describe("a name without an address", () => {
  it.each([
    ["EAI_AGAIN", "Temporary failure in name resolution"],
    ["EAI_NODATA", "No address associated with hostname"],
    ["EAI_NONAME", "Name or service not known"],
  ])("is told in ssh's words for %s", async (code, words) => {
    await expect(dial(TARGET, failing(code), signal)).rejects.toEqual(
      new SshFailure([
        { severity: "error", text: `ssh: Could not resolve hostname h.example: ${words}\r\n` },
      ]),
    );
  });

  it.each(["EAI_FAIL", "EAI_MEMORY"])("is left to ssh for %s", async (code) => {
    await expect(dial(TARGET, failing(code), signal)).rejects.toEqual(
      new CheckDeclined("the host's name cannot be resolved"),
    );
  });

  it("is left to ssh where it is an address of another family", async () => {
    await expect(dial({ ...TARGET, host: "127.0.0.1", family: 6 }, new Resolver(), signal)).rejects.toEqual(
      new CheckDeclined("the address is of another family"),
    );
  });

  it("is no longer waited for when the time is up", async () => {
    const deadline = new AbortController();
    const dialing = dial(TARGET, new Resolver(() => new Promise(() => {})), deadline.signal);
    deadline.abort(new Error("time is up"));
    await expect(dialing).rejects.toThrow("time is up");
  });
});

describe("a connection", () => {
  it("is made to the first address that takes it, which is asked for anew each time", async () => {
    await using servers = new FakeServers();
    const port = await servers.tcp(banner("hello"));
    let asked = 0;
    const resolver = new Resolver(async () => {
      asked += 1;
      return [{ address: "::1", family: 6 }, HERE];
    });
    for (let at = 0; at < 2; at += 1) {
      const socket = await dial({ ...TARGET, port }, resolver, signal);
      expect(socket.remoteAddress).toBe("127.0.0.1");
      socket.destroy();
    }
    expect(asked).toBe(2);
  });

  it("that is refused is told in ssh's words", async () => {
    const port = await freePort();
    const text = `ssh: connect to host h.example port ${port}: Connection refused\r\n`;
    await expect(dial({ ...TARGET, port }, new Resolver(async () => [HERE]), signal)).rejects.toEqual(
      new SshFailure([{ severity: "error", text }]),
    );
  });

  it("that takes longer than ConnectTimeout has timed out", async () => {
    await using servers = new FakeServers();
    const target = { ...TARGET, host: "127.0.0.1", port: await servers.full(), connectTimeout: 0.05 };
    await expect(dial(target, new Resolver(), signal)).rejects.toThrow("Connection timed out");
  });

  it("that fails in an unusual way is left to ssh", async () => {
    const resolver = new Resolver(async () => [{ address: "no.such.host.invalid", family: 4 }]);
    await expect(dial(TARGET, resolver, signal)).rejects.toEqual(
      new CheckDeclined("the connection failed in an unusual way"),
    );
  });
});
