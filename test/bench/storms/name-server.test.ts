import { Resolver } from "node:dns/promises";
import { expect, it } from "vitest";
import { startNameServer } from "../../../bench/storms/name-server.ts";
import { freePort } from "../../support/free-port.ts";

it("knows every name, by one IPv4 address, after a while", async () => {
  const port = await freePort();
  const server = await startNameServer({ address: "127.0.0.1", port, delayMs: 30 });
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${port}`]);
  const begin = performance.now();
  const asked = Array.from({ length: 20 }, (_, at) => resolver.resolve4(`host${at}.storm.example`));
  expect(await Promise.all(asked)).toEqual(Array(20).fill(["127.0.0.1"]));
  expect(performance.now() - begin).toBeGreaterThan(25);
  await expect(resolver.resolve6("host.example")).rejects.toThrow("ENODATA");
  server.close();
});
