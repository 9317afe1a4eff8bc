import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { AdminError, readStatus, readVersion } from "../../../src/gearman/admin.ts";
import { BriefClient } from "../../../src/gearman/brief/client.ts";
import { Connection } from "../../../src/gearman/connection.ts";
import type { ServerAddress } from "../../../src/gearman/server-address.ts";
import { ServerTls, type ServerTlsOptions } from "../../../src/gearman/tls/server-tls.ts";
import { freePort } from "../../support/free-port.ts";
import { Actors, until } from "../../support/gearman/actors.ts";
import {
  createPki,
  type Pki,
  startTlsGearmand,
  type TlsGearmand,
} from "../../support/gearman/tls-gearmand.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { stubLog } from "../../support/stub-log.ts";

const HOST = "127.0.0.1";

describe.skipIf(!hasServer("gearmand") || !hasServer("stunnel"))("a gearmand behind TLS", () => {
  checkLeaks();
  let pki: Pki;
  let server: TlsGearmand;
  const actors = new Actors();
  beforeAll(async () => {
    pki = createPki({ serverNames: [HOST, "gearmand.example"] });
    server = await startTlsGearmand({ pki, wants: "client" });
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    pki?.[Symbol.dispose]();
  });
  afterEach(() => actors.stop());

  const read = (name: string) => readFileSync(pki.file(name));
  const pair = (name: string) => ({ certificate: read(`${name}.crt`), key: read(`${name}.key`) });
  const right = () => ({ ca: read("server.crt"), client: pair("client") });

  function over(options: ServerTlsOptions, port = server.port): ServerAddress {
    return { host: HOST, port, tls: new ServerTls(options) };
  }

  it("is asked by the text protocol", async () => {
    expect(await readVersion(over(right()))).toMatch(/^\d/);
    expect(await readStatus(over(right()))).toEqual([]);
  });

  it("takes jobs of programs that send and end", async () => {
    const accepted = Promise.withResolvers<void>();
    const options = { server: over(right()), timeoutMs: 10_000, onAccepted: accepted.resolve };
    const client = new BriefClient(options);
    await client.opened;
    client.submit({ queue: "taken", unique: "", workload: Buffer.alloc(500_000, "x") });
    await accepted.promise;
    await client.close();
    const queues = await readStatus(server.direct);
    expect(queues).toMatchObject([{ queue: "taken", total: 1 }]);
  });

  it("is known by another name than its address", async () => {
    expect(await readVersion(over({ ...right(), serverName: "gearmand.example" }))).toMatch(/^\d/);
  });

  /** What a connection that is always made anew, one for a question and one of a tool say of a server. */
  async function causesOf(address: ServerAddress): Promise<readonly string[]> {
    const log = stubLog();
    const connection = new Connection({ server: address, log, onPacket: () => {}, onState: () => {} });
    actors.add(connection).start();
    await until(() => expect(log.warn).toHaveBeenCalled());
    const asked = await readVersion(address).catch((error: AdminError) => error.message);
    const lost = Promise.withResolvers<string>();
    const onLost = (error: Error) => lost.resolve(error.message);
    const client = new BriefClient({ server: address, timeoutMs: 10_000, onLost });
    client.opened.then(() => client.submit({ queue: "q", unique: "", workload: Buffer.from("x") }), onLost);
    const [fields, message] = log.warn.mock.lastCall ?? [];
    return [`${message}: ${fields.reason}`, asked, await lost.promise];
  }

  it.each<readonly [string, () => ServerAddress, RegExp]>([
    ["no TLS here", () => ({ host: HOST, port: server.port }), /without an answer: does it want TLS/],
    ["no certificate", () => over({ ca: read("server.crt") }), /it wants a client certificate|or want one/],
    [
      "a certificate that it does not accept",
      () => over({ ca: read("server.crt"), client: pair("stranger") }),
      // What was written meanwhile may make TCP drop the server's last words.
      /it refuses the certificate in tls_certificate|it may refuse our certificate/,
    ],
    [
      "another authority",
      () => over({ ...right(), ca: read("stranger.crt") }),
      /its certificate is of no authority in tls_ca_file/,
    ],
    [
      "another name",
      () => over({ ...right(), serverName: "other.example" }),
      /its certificate is for another name/,
    ],
    [
      "no TLS there",
      () => over(right(), server.direct.port),
      /it closed the connection in the TLS handshake: does it speak TLS/,
    ],
  ])("is not used, and the likely cause is told: %s", async (_, address, cause) => {
    for (const said of await causesOf(address())) expect(said).toMatch(cause);
  });

  it("is not used when its certificate has expired", async () => {
    using old = createPki({ serverDays: -1 });
    await using expired = await startTlsGearmand({ pki: old });
    const address = over({ ca: readFileSync(old.file("server.crt")) }, expired.port);
    for (const said of await causesOf(address)) expect(said).toContain("its certificate has expired");
  });

  it("is not there: the cause is the system's", async () => {
    const address = over(right(), await freePort());
    await expect(readVersion(address)).rejects.toThrow("ECONNREFUSED");
    await expect(readVersion(address)).rejects.toBeInstanceOf(AdminError);
  });
});

describe("how connections are encrypted", () => {
  const CLIENT = { certificate: Buffer.from("certificate"), key: Buffer.from("private") };
  const ALL = { ca: Buffer.from("ca"), client: CLIENT, serverName: "a" };

  it.each<readonly [string, ServerTlsOptions, boolean]>([
    ["the same contents", { ...ALL, ca: Buffer.from("ca") }, true],
    ["another authority", { ...ALL, ca: Buffer.from("other") }, false],
    ["another name", { ...ALL, serverName: "b" }, false],
    ["no client certificate", { ...ALL, client: undefined }, false],
    ["another key", { ...ALL, client: { ...CLIENT, key: Buffer.from("other") } }, false],
  ])("is compared by what is used: %s", (_, other, isSame) => {
    expect(new ServerTls(ALL).equals(new ServerTls(other))).toBe(isSame);
  });

  it("shows nothing of its key", () => {
    const tls = new ServerTls(ALL);
    expect(inspect(tls, { depth: 9, showHidden: true })).not.toContain("private");
    expect(JSON.stringify(tls)).toBe("{}");
  });
});
