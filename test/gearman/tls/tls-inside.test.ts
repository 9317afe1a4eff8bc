import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readStatus } from "../../../src/gearman/admin.ts";
import { BriefClient } from "../../../src/gearman/brief/client.ts";
import type { ServerAddress } from "../../../src/gearman/server-address.ts";
import { ServerTls, type ServerTlsOptions } from "../../../src/gearman/tls/server-tls.ts";
import {
  createPki,
  GEARMAND_TLS,
  type Pki,
  startInnerTlsGearmand,
  type TlsGearmand,
} from "../../support/gearman/tls-gearmand.ts";
import { checkLeaks } from "../../support/leaks.ts";

const HOST = "127.0.0.1";

describe.skipIf(GEARMAND_TLS === undefined)("a gearmand with TLS inside", () => {
  checkLeaks();
  let pki: Pki;
  let server: TlsGearmand;
  beforeAll(async () => {
    pki = createPki({ serverNames: [HOST, "gearmand.example"] });
    server = await startInnerTlsGearmand(pki);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    pki?.[Symbol.dispose]();
  });

  const read = (name: string) => readFileSync(pki.file(name));
  const pair = (name: string) => ({ certificate: read(`${name}.crt`), key: read(`${name}.key`) });
  const over = (options: ServerTlsOptions, port = server.port): ServerAddress => ({
    host: HOST,
    port,
    tls: new ServerTls(options),
  });

  // What docs/security.md says of it: it knows the authority of `client`, and asks for no certificate.
  it.each<readonly [string, () => ServerTlsOptions]>([
    ["with a certificate", () => ({ ca: read("server.crt"), client: pair("client") })],
    ["with none", () => ({ ca: read("server.crt") })],
    [
      "with one of an authority that it does not know",
      () => ({ ca: read("server.crt"), client: pair("stranger") }),
    ],
    ["by another name than its address", () => ({ ca: read("server.crt"), serverName: "gearmand.example" })],
  ])("lets in who comes %s", async (_, options) => {
    expect(await readStatus(over(options()))).toEqual([]);
  });

  it("takes a job of megabytes of programs that send and end", async () => {
    const accepted = Promise.withResolvers<void>();
    const address = over({ ca: read("server.crt") });
    const client = new BriefClient({ server: address, timeoutMs: 10_000, onAccepted: accepted.resolve });
    await client.opened;
    client.submit({ queue: "taken", unique: "", workload: Buffer.alloc(5_000_000, "x") });
    await accepted.promise;
    await client.close();
    expect(await readStatus(address)).toMatchObject([{ queue: "taken", total: 1 }]);
  });

  it.each<readonly [string, () => ServerAddress, RegExp]>([
    ["no TLS here", () => ({ host: HOST, port: server.port }), /without an answer: does it want TLS/],
    ["another authority", () => over({ ca: read("stranger.crt") }), /is of no authority in tls_ca_file/],
    [
      "another name",
      () => over({ ca: read("server.crt"), serverName: "other.example" }),
      /its certificate is for another name/,
    ],
  ])("is not used, and the likely cause is told: %s", async (_, address, cause) => {
    await expect(readStatus(address())).rejects.toThrow(cause);
    // Nor has it taken harm.
    expect(await readStatus(over({ ca: read("server.crt") }))).toHaveLength(1);
  });

  it("is not used when its certificate has expired", async () => {
    using old = createPki({ serverDays: -1 });
    await using expired = await startInnerTlsGearmand(old);
    const address = over({ ca: readFileSync(old.file("server.crt")) }, expired.port);
    await expect(readStatus(address)).rejects.toThrow("its certificate has expired");
  });
});
