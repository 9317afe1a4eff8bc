import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkCurl } from "../../../plugins/http/check_curl.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { freePort } from "../../support/free-port.ts";
import { FakeServers, startRecordedServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { type Nginx, startNginx } from "../../support/servers/nginx.ts";
import { isUnderstood } from "../effects.ts";
import { type NormalRule, readTranscripts, replay } from "../oracle.ts";
import { oddServer } from "./pages.ts";

const RULES: readonly NormalRule[] = [
  [/\bafter \d+ ms/g, "after N ms"],
  [/\bafter \d+ milliseconds/g, "after N milliseconds"],
];
/** Redirects and failed handshakes, which are left to the plugin when they are met. */
const LEFT_WHEN_RUN = /-f (?:follow|sticky)|-S1(?:\.[01])?$|-S1\.3\+?$/;
/** The page repeats the plugin's agent, which is a longer text. */
const REPEATS_AGENT = /-k X-Test|\/hdr/;

describe.skipIf(!hasServer("nginx"))("the transcripts", () => {
  const servers = new FakeServers();
  let nginx: Nginx;
  let places: Record<string, string> = {};
  beforeAll(async () => {
    nginx = await startNginx();
    places = await startRecordedServers(servers);
    places["17010"] = String(await servers.tcp(oddServer({ plain: 0, tls: 0 })));
    places["18080"] = String(nginx.port);
    places["18443"] = String(nginx.tlsPort);
    places["18099"] = String(await freePort());
  });
  afterAll(() => Promise.all([servers[Symbol.asyncDispose](), nginx[Symbol.asyncDispose]()]));

  it("are answered as the plugin answered them", { timeout: 60_000 }, async () => {
    const transcripts = readTranscripts("check_curl").filter(
      ({ args }) => !LEFT_WHEN_RUN.test(args.join(" ")) && !REPEATS_AGENT.test(args.join(" ")),
    );
    const replayed = await replay(checkCurl, { places, rules: RULES, atOnce: 8 }, transcripts);
    expect(replayed.differences).toEqual([]);
    expect(replayed.counts).toEqual({ equal: 74, executed: 12, different: 0 });
  });

  it("but for redirects and failed handshakes, which are left to the plugin", async () => {
    const left = readTranscripts("check_curl").filter(({ args }) => LEFT_WHEN_RUN.test(args.join(" ")));
    const { counts, differences } = await replay(checkCurl, { places, rules: RULES }, left);
    const declined = differences.filter((each) => /native {3}unended .*CheckDeclined/.test(each));
    expect({ ...counts, declined: declined.length }).toEqual({
      equal: 0,
      executed: 0,
      different: 10,
      declined: 10,
    });
  });
});

describe("left to the plugin", () => {
  it.each([
    "-S3 -H h",
    "-S2+ -H h",
    "-S1.4 -H h",
    "--ssl= -H h",
    "-S -J /dev/null -K /dev/null -H h",
    "-S -K /dev/null -H h",
    "-C 10,x -H h",
    "-S -H ::1",
    "-H h -M 1d",
    "-H h -N",
    "-H h -E",
    "-H h -D",
    "-H h -t 0",
    "-H h -p 0",
    "-H ::1",
    "-H 127.1",
    "-H h -u /a/../b",
    "-H h -u '/a b'",
    "-H h -u x",
    "-H h -j PUT",
    "-H h -j POST",
    "-H h -j GET -P a=b",
    "-H h -a nocolon",
    "-H h -b proxy:x",
    "-H h -k 'Host: x'",
    "-H h -k 'X;'",
    "-H h -f curl",
    "-H h --http-version=2",
  ])("is %s", (line) => {
    expect(isUnderstood(checkCurl, line)).toBe(false);
  });
});

it("ends when the length has come, though the server keeps the connection", async () => {
  await using servers = new FakeServers();
  const port = await servers.tcp((socket) => {
    socket.once("data", () =>
      socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"),
    );
  });
  expect(await runCheck(checkCurl, `-H 127.0.0.1 -p ${port} -t 30 -s ok`)).toMatchObject({ returnCode: 0 });
});

it.each([
  ["more than the length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokay"],
  ["less than the length", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nokay"],
  ["no HTTP", "abc"],
  ["a NUL", "HTTP/1.1 200 OK\r\n\r\na\0b"],
])("leaves %s to libcurl", async (_, bytes) => {
  await using servers = new FakeServers();
  const port = await servers.tcp((socket) => void socket.once("data", () => socket.end(bytes)));
  await expect(runCheck(checkCurl, `-H 127.0.0.1 -p ${port} -s a`)).rejects.toMatchObject({
    name: "CheckDeclined",
  });
});

it("takes a field whose name ends as that of chunked pages for another field", async () => {
  await using servers = new FakeServers();
  const text = "HTTP/1.1 200 OK\r\nX-Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  const port = await servers.tcp((socket) => void socket.once("data", () => socket.end(text)));
  expect((await runCheck(checkCurl, `-H 127.0.0.1 -p ${port}`)).output).toContain(`${text.length} bytes`);
});

it.each([
  ["a header", "HTTP/1.1 200 OK\r\nno colon\r\n"],
  ["a page in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
])("%s that never ends is left to libcurl, which reads it as it comes", async (_, text) => {
  await using servers = new FakeServers();
  const port = await servers.tcp((socket) => void socket.once("data", () => socket.write(text)));
  await expect(runCheck(checkCurl, `-H 127.0.0.1 -p ${port} -t 1`)).rejects.toMatchObject({
    name: "CheckDeclined",
  });
});

it("a server that never ends is a time-out with what has come", { timeout: 30_000 }, async () => {
  await using servers = new FakeServers();
  const port = await servers.tcp((socket) => {
    socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n0123456789"));
  });
  expect(await runCheck(checkCurl, `-H 127.0.0.1 -p ${port} -t 1`)).toMatchObject({
    returnCode: 2,
    output: `HTTP CRITICAL - Invalid HTTP response received from host on port ${port}: cURL returned 28 - Operation timed out after 1001 milliseconds with 10 out of 5000 bytes received\n`,
  });
});
