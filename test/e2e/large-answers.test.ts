import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { startWorker } from "../support/processes/worker.ts";
import { createCertificate, inDays } from "../support/servers/certificates.ts";
import { FakeServers } from "../support/servers/fake-servers.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const SIZE = 50 * 2 ** 20;
const PIECE = " ".repeat(65_536);
/** Seconds that a job may take. */
const TIMEOUT = 20;
const WELL = '{"payload":[{"lines":[{"message":"fine"}],"result":"OK"}]}';

/** Sends a body of 50 MB as fast as it is taken. `sent` counts its bytes. */
function flood(socket: Socket, sent: { bytes: number }): void {
  socket.on("error", () => {});
  socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${SIZE}\r\n\r\n`);
  const more = () => {
    while (!socket.destroyed && sent.bytes < SIZE) {
      sent.bytes += PIECE.length;
      if (!socket.write(PIECE)) return;
    }
  };
  socket.on("drain", more);
  more();
}

describe.skipIf(!hasServer("gearmand"))("a job for an agent over HTTPS", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  it("whose body is 50 MB has a clear result in time, and the next one is answered", {
    timeout: 60_000,
  }, async () => {
    await using servers = new FakeServers();
    const certificate = createCertificate({ commonNames: ["localhost"], notAfter: inDays(9) });
    const sent = { bytes: 0 };
    const port = await servers.tls(certificate, (socket) => {
      socket.once("data", (request) => {
        if (request.includes("large")) flood(socket, sent);
        else socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${WELL.length}\r\n\r\n${WELL}`);
      });
    });
    await using core = new Core({ port: gearmand.port });
    await using worker = await startWorker([gearmand.port], ["services=yes"]);
    const line = (name: string) =>
      `/nowhere/check_nsc_web -k -p secret -t 15 -u https://127.0.0.1:${port} ${name}`;
    await core.submit("service", serviceJob("large", line("large"), { timeout: TIMEOUT }));
    const [large] = await core.collected(1);
    expect(large?.fields.get("return_code")).toBe("3");
    // After its time the job would be told as timed out.
    const answer = "the agent's answer is too large, and there is no /nowhere/check_nsc_web";
    expect(large?.fields.get("output")).toBe(`UNKNOWN - check_nsc_web: ${answer}`);
    expect(sent.bytes).toBeLessThan(SIZE);
    await core.submit("service", serviceJob("well", line("well")));
    const [, well] = await core.collected(2);
    expect([well?.fields.get("return_code"), well?.fields.get("output")]).toEqual(["0", "fine"]);
    expect(worker.linesWith("native").length).toBeGreaterThan(0);
  });
});
