import { once } from "node:events";
import { createServer as createHttp, request } from "node:http";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, connect, type Server } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { ChatServer } from "../../../../integrations/chat-server/chat-server.ts";
import { fetchServerSettings } from "../../../../integrations/zulip/client/api.ts";
import { ZulipError } from "../../../../integrations/zulip/client/zulip-error.ts";
import type { Connection } from "../../../../integrations/zulip/settings/connection.ts";
import { openClient } from "../../../../integrations/zulip/settings/open-client.ts";
import { Secret } from "../../../../src/config/secret.ts";
import { createCertificate, inDays } from "../../../support/servers/certificates.ts";

const CERTIFICATE = createCertificate({ commonNames: ["localhost"], notAfter: inDays(10) });
const KEY = { kind: "value", secret: new Secret(Buffer.from("k".repeat(32))) } as const;
const authorities = getCACertificates("default");

const servers: Server[] = [];
afterEach(async () => {
  setDefaultCACertificates(authorities);
  for (const server of servers.splice(0)) {
    if ("closeAllConnections" in server && typeof server.closeAllConnections === "function")
      server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function open(site: string, more: Partial<Connection> = {}, env: Readonly<Record<string, string>> = {}) {
  const connection = { site, email: "a@b", key: KEY, authorities: undefined, timeoutMs: 10_000, ...more };
  return openClient(connection, { env, version: "1.2.3" });
}

describe("a Zulip behind TLS", () => {
  /** Passes requests on, as the web server in front of a Zulip does. */
  async function front(fake: ChatServer): Promise<string> {
    const { cert, key } = CERTIFICATE;
    const port = await listen(
      createHttps({ cert, key }, (incoming, response) => {
        incoming.resume();
        request(`${fake.url}${incoming.url}`, (answer) => answer.pipe(response)).end();
      }),
    );
    return `https://localhost:${port}`;
  }

  it("is not believed without its authority, which says how to name it", async () => {
    await using fake = await ChatServer.start();
    const site = await front(fake);
    const error: unknown = await fetchServerSettings(open(site)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ZulipError);
    expect(String(error)).toMatch(
      /cannot reach https:\/\/localhost:\d+: \w+CERT\w* \(name its authority with ca_file\)/,
    );
    expect(fake.requests).toEqual([]);
  });

  it("is believed with it", async () => {
    await using fake = await ChatServer.start();
    const client = open(await front(fake), { authorities: CERTIFICATE.cert });
    expect(await fetchServerSettings(client)).toMatchObject({ version: "8.0-dev" });
  });

  it("is reached through the proxy of the environment", async () => {
    await using fake = await ChatServer.start();
    const site = await front(fake);
    const asked: string[] = [];
    const proxy = createHttp();
    proxy.on("connect", (incoming, socket) => {
      asked.push(incoming.url ?? "");
      const { port } = new URL(site);
      const target = connect(Number(port), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        target.pipe(socket).pipe(target);
      });
      for (const one of [target, socket]) one.on("error", () => one.destroy());
    });
    const env = { HTTPS_PROXY: `http://127.0.0.1:${await listen(proxy)}` };
    const client = open(site, { authorities: CERTIFICATE.cert }, env);
    expect(await fetchServerSettings(client)).toMatchObject({ version: "8.0-dev" });
    expect(asked).toEqual([site.replace("https://", "")]);
    open(site);
  });
});

it("a key file that went away is told by its name", async () => {
  const client = open("http://127.0.0.1:1", { key: { kind: "file", path: "/nowhere/key" } });
  const error: unknown = await client.request("GET", "users/me").catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    message: "the API key cannot be read: /nowhere/key",
    failure: { kind: "unauthorized" },
  });
});
