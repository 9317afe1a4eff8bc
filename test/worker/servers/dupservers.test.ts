import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { JobServer } from "../../../src/gearman/job-server/job-server.ts";
import { ServerTls, type ServerTlsOptions } from "../../../src/gearman/tls/server-tls.ts";
import { LogThrottle } from "../../../src/worker/log-throttle.ts";
import { Dupservers } from "../../../src/worker/servers/dupservers.ts";
import { freePort } from "../../support/free-port.ts";
import { Actors, untilStatus } from "../../support/gearman/actors.ts";
import { createPki, startTlsGearmand } from "../../support/gearman/tls-gearmand.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { stubLog } from "../../support/stub-log.ts";

const HOST = "127.0.0.1";
const PARCEL = { queue: "check_results", workload: Buffer.from("a"), server: "gm:4730" };

checkLeaks();
const actors = new Actors();
afterEach(() => actors.stop());

function start(ports: readonly number[], limit = 10) {
  const log = stubLog();
  const dupservers = actors.add(new Dupservers({ log, throttle: new LogThrottle(log) }));
  const open = (...others: readonly number[]) =>
    dupservers.open({ servers: others.map((port) => ({ host: HOST, port })), limit, timing: {} });
  open(...ports);
  return { dupservers, open, log };
}

async function startServer(port = 0): Promise<number> {
  const server = actors.add(new JobServer({ port }));
  await server.start();
  return server.port;
}

const untilCopies = (port: number, total: number) =>
  untilStatus({ host: HOST, port }, PARCEL.queue, { total });

describe("dupservers", () => {
  it("get a copy each", async () => {
    const ports = [await startServer(), await startServer()];
    const { dupservers } = start(ports);
    dupservers.send(PARCEL);
    for (const port of ports) await untilCopies(port, 1);
  });

  it("are empty where none is configured", () => {
    expect(start([]).dupservers.isEmpty).toBe(true);
    expect(start([1]).dupservers.isEmpty).toBe(false);
  });

  it("keep the copies that wait for one that stays, and take its new limit", async () => {
    const [away, other] = [await freePort(), await freePort()];
    const { dupservers, open } = start([away, other]);
    dupservers.send(PARCEL);
    const waiting = { isConnected: false, limit: 10, waiting: 1 };
    expect(dupservers.status).toEqual([
      { ...waiting, name: `${HOST}:${away}` },
      { ...waiting, name: `${HOST}:${other}` },
    ]);
    open(away);
    expect(dupservers.status).toEqual([{ ...waiting, name: `${HOST}:${away}` }]);
    await startServer(away);
    await untilCopies(away, 1);
  });

  it.skipIf(!hasServer("gearmand") || !hasServer("stunnel"))(
    "keep the copies for one that is spoken to over TLS from now on, and with another certificate",
    async () => {
      using pki = createPki();
      await using server = await startTlsGearmand({ pki, wants: "client" });
      const { dupservers } = start([server.port]);
      const use = (options: ServerTlsOptions) => {
        const tls = new ServerTls(options);
        dupservers.open({ servers: [{ host: HOST, port: server.port, tls }], limit: 10, timing: {} });
      };
      dupservers.send(PARCEL);
      const ca = readFileSync(pki.file("server.crt"));
      use({ ca });
      dupservers.send(PARCEL);
      const [certificate, key] = ["client.crt", "client.key"].map((name) => readFileSync(pki.file(name)));
      use({ ca, client: certificate && key && { certificate, key } });
      await untilCopies(server.direct.port, 2);
      expect(dupservers.status).toMatchObject([{ isConnected: true }]);
    },
  );

  it("tell of each that takes no copies, under its own name", async () => {
    const ports = [await freePort(), await freePort()];
    const { dupservers, log } = start(ports, 0);
    for (let i = 0; i < 3; i++) dupservers.send(PARCEL);
    expect(log.error.mock.calls).toEqual(
      ports.map((port) => [
        {},
        `dupserver ${HOST}:${port} takes no results: its copy is lost, 0 are waiting`,
      ]),
    );
  });
});
