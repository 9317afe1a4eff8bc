import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkFtp, checkImap, checkPop, checkTcp, checkUdp } from "../../../plugins/tcp/check_tcp.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers, startRecordedServers } from "../../support/servers/fake-servers.ts";
import { replay } from "../oracle.ts";

describe("the transcripts", () => {
  const servers = new FakeServers();
  let places: Record<string, string> = {};
  beforeAll(async () => {
    places = await startRecordedServers(servers);
    const certificate = createCertificate({ commonNames: ["localhost"], notAfter: inDays(3650) });
    places["18443"] = String(await servers.tls(certificate, () => {}));
    places["/srv/oracle/my/s.sock"] = await servers.unix(() => {});
  });
  afterAll(() => servers[Symbol.asyncDispose]());

  it.concurrent.each([
    { check: checkTcp, equal: 43, executed: { badargs: 4, verbose: 2 } },
    { check: checkUdp, equal: 3, executed: { badargs: 2 } },
    { check: checkFtp, equal: 3, executed: {} },
    { check: checkImap, equal: 1, executed: {} },
    { check: checkPop, equal: 1, executed: {} },
  ])("of $check.name are answered as recorded", async ({ check, equal, executed }) => {
    const replayed = await replay(check, { places, atOnce: 32 });
    expect(replayed.differences).toEqual([]);
    expect(replayed).toMatchObject({ counts: { equal }, executed });
  });
});

describe("left to the plugin", () => {
  it.each<readonly [string, readonly string[]]>([
    ["nothing", []],
    ["help", ["-H", "localhost", "-h"]],
    ["the version", ["-V"]],
    ["verbose", ["-H", "localhost", "-p", "80", "-v"]],
    ["options of a file", ["--extra-opts=x", "-H", "localhost"]],
    ["an unknown option", ["-H", "localhost", "--nothing"]],
    ["an abbreviation of two", ["-H", "localhost", "--crit=5"]],
    ["an option it reads beyond its memory for", ["-H", "localhost", "-C", "x"]],
    ["no port at all", ["-H", "localhost", "-p", "http"]],
    ["no time at all", ["-H", "localhost", "-p", "80", "-t", "0"]],
    ["a state there is not", ["-H", "localhost", "-p", "80", "-r", "unknown"]],
    ["days that are none", ["-H", "localhost", "-p", "80", "-D", "30d"]],
    ["a backslash at the end", ["-H", "localhost", "-p", "80", "-E", "-s", "x\\"]],
    ["an international name", ["-H", "b\xc3\xbccher.example", "-p", "80"]],
    ["a name for SNI that is too long", ["-H", "localhost", "-p", "80", `--sni=${"x".repeat(256)}`]],
    ["two addresses", ["localhost", "-p", "80", "localhost"]],
    ["a path of other bytes than ASCII", ["-H", "/tmp/caf\xc3\xa9"]],
    ["a path that is too long", ["-H", `/${"x".repeat(107)}`]],
  ])("%s", (_, argv) => {
    expect(checkTcp.understand(argv)).toBeUndefined();
  });

  it.each<readonly [string, readonly string[]]>([
    ["nothing to send", ["-H", "localhost", "-p", "80", "-e", "x"]],
    ["nothing to expect", ["-H", "localhost", "-p", "80", "-s", "x"]],
    ["TLS", ["-H", "localhost", "-p", "80", "-s", "x", "-e", "x", "-S"]],
    ["no port", ["-H", "localhost", "-s", "x", "-e", "x"]],
  ])("of UDP %s", (_, argv) => {
    expect(checkUdp.understand(argv)).toBeUndefined();
  });
});

it("leaves a failed TLS handshake to the plugin, and has an answer if there is none", async () => {
  await using servers = new FakeServers();
  const port = await servers.tcp((socket) => socket.end("220 no TLS here\r\n"));
  const lines = [`-H 127.0.0.1 -p ${port} -S`, `-H 127.0.0.1 -p ${port} -D 30,10`];
  for (const line of lines) {
    await expect(runCheck(checkTcp, line)).rejects.toMatchObject({
      name: "CheckDeclined",
      message: "the TLS handshake failed",
      otherwise: {
        state: 2,
        message: expect.stringMatching(/^CRITICAL - Cannot make SSL connection\.\n.*\n$/),
      },
    });
  }
});

describe("what was recorded of no server", () => {
  it("has the last address, and names it only as -H", async () => {
    await using servers = new FakeServers();
    const port = await servers.tcp(() => {});
    const { output: named } = await runCheck(checkTcp, `127.0.0.2 -H 127.0.0.1 -p ${port}`);
    expect(named).toContain(` second response time on 127.0.0.1 port ${port}|`);
    const { output: nameless } = await runCheck(checkTcp, `-p ${port} 127.0.0.1`);
    expect(nameless).toContain(` second response time on port ${port}|`);
  });

  it("sends its last words before it closes", async () => {
    await using servers = new FakeServers();
    const heard = Promise.withResolvers<string>();
    const port = await servers.tcp((socket) => {
      let words = "";
      socket.on("data", (data) => {
        words += data;
      });
      socket.on("end", () => heard.resolve(words));
    });
    await runCheck(checkTcp, [
      "-H",
      "127.0.0.1",
      "-p",
      String(port),
      "-s",
      "one\\n",
      "-E",
      "-q",
      "two\\r\\n\\\\",
    ]);
    expect(await heard.promise).toBe("one\\ntwo\r\n\\");
  });
});
