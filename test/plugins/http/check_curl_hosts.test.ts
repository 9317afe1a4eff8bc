import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkCurl } from "../../../plugins/http/check_curl.ts";
import { freePort } from "../../support/free-port.ts";
import { hasIpv6 } from "../../support/processes/icmp-socket.ts";
import { FakeServers, type Serve } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";

const HOSTS = [
  ...["127.0.0.1", "127.1", "::1", "[::1]", "::ffff:127.0.0.1", "no.such.host.invalid"],
  // libcurl asks nobody for the first four.
  ...["localhost", "LOCALHOST", "a.localhost", "a.b.LocalHost", "localhost.", "a.localhost.", "alocalhost"],
];
const FAMILIES = [[], ["-4"], ["-6"], ["-4", "-6"]];

const page =
  (text: string): Serve =>
  (socket) =>
    void socket.once("data", () => socket.end(`HTTP/1.1 200 ${text}\r\n\r\n${text}`));
const isHere = hasServer("check_curl") && hasServer("libcurl") && hasIpv6();

describe.skipIf(!isHere)("check_curl connects to the address that the plugin takes", () => {
  const servers = new FakeServers();
  const atSix: Server[] = [];
  let ports: readonly string[] = [];
  beforeAll(async () => {
    const [ofSix, ofBoth] = [await freePort(), await servers.tcp(page("of IPv4"))];
    for (const port of [ofSix, ofBoth]) atSix.push(await listenAtSix(port));
    ports = [ofSix, ofBoth, await servers.tcp(page("of IPv4 only")), await freePort()].map(String);
  });
  afterAll(async () => {
    for (const server of atSix) server.close();
    await servers[Symbol.asyncDispose]();
  });

  it.each([
    ["of the host that it asks", (host: string) => ["-H", host]],
    ["with another name for the request", (host: string) => ["-I", host, "-H", "vhost.example"]],
    ["over TLS, which these servers do not speak", (host: string) => ["-I", host, "-S"]],
  ])("%s", { timeout: 60_000 }, async (_, place) => {
    const lines = HOSTS.flatMap((host) =>
      FAMILIES.flatMap((family) => ports.map((port) => [...place(host), ...family, "-p", port])),
    );
    const rules = [[/\bafter \d+ ms/g, "after N ms"]] as const;
    const { differences, equal } = await compareWithPlugin(checkCurl, findPlugin("check_curl") ?? "", lines, {
      rules,
    });
    expect(differences).toEqual([]);
    expect(equal).toBeGreaterThan(lines.length / 4);
  });
});

async function listenAtSix(port: number): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    page("of IPv6")(socket);
  });
  server.listen(port, "::1");
  await once(server, "listening");
  return server;
}
