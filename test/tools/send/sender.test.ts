import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SendError, Sender, type SenderOptions } from "../../../src/tools/send/sender.ts";
import { JOB_SERVERS, type StartedServer } from "../../gearman/job-servers.ts";
import { freePort } from "../../support/free-port.ts";
import { untilStatus } from "../../support/gearman/actors.ts";
import { startSilentServer } from "../../support/gearman/silent-server.ts";
import { checkLeaks } from "../../support/leaks.ts";

const TIMING = { timeoutMs: 10_000, retries: 0, retryIntervalMs: 10 };

function submissions(count: number) {
  return Array.from({ length: count }, (_, i) => ({ queue: "q", unique: "", workload: Buffer.from(`${i}`) }));
}

async function closed() {
  return { host: "127.0.0.1", port: await freePort() };
}

for (const kind of JOB_SERVERS) {
  describe.skipIf(kind.isMissing)(`the sender with ${kind.name}`, () => {
    checkLeaks();
    const senders: Sender[] = [];
    let server: StartedServer;
    beforeEach(async () => {
      server = await kind.start();
    });
    afterEach(async () => {
      await Promise.all(senders.splice(0).map((sender) => sender.close()));
      await server.stop();
    });
    function sender(servers: SenderOptions["servers"], options: Partial<SenderOptions> = {}): Sender {
      const made = new Sender({ servers, ...TIMING, ...options });
      senders.push(made);
      return made;
    }

    it("has every job confirmed, however many are under way", async () => {
      const one = sender([server.address]);
      one.send(submissions(3_000));
      await one.until(2_000);
      expect(one.waiting).toBeLessThanOrEqual(2_000);
      one.send(submissions(500));
      await one.until(0);
      expect(one.confirmed).toBe(3_500);
      await untilStatus(server.address, "q", { total: 3_500 });
    });

    it("goes to the next server if one is not there", async () => {
      const one = sender([await closed(), server.address]);
      one.send(submissions(10));
      await one.until(0);
      expect(one.confirmed).toBe(10);
    });

    it("goes to the next server if one says nothing", async () => {
      const silent = await startSilentServer();
      const one = sender([silent.address, server.address], { timeoutMs: 200 });
      one.send(submissions(10));
      await one.until(0);
      expect(one.confirmed).toBe(10);
      await silent.stop();
    });

    it("sends again what a lost server had not confirmed, and what comes later", async () => {
      const second = await kind.start();
      const one = sender([server.address, second.address]);
      one.send(submissions(10));
      await one.until(0);
      await server.stop();
      one.send(submissions(7));
      await one.until(0);
      expect(one.confirmed).toBe(17);
      await untilStatus(second.address, "q", { total: 7 });
      await second.stop();
      server = await kind.start();
    });
  });
}

describe("a sender that finds no server", () => {
  checkLeaks();

  it("says why of each, after its retries", async () => {
    const [first, second] = [await closed(), await closed()];
    const one = new Sender({ servers: [first, second], ...TIMING, retries: 2 });
    one.send(submissions(1));
    const text = `127.0.0.1:${first.port}: connect ECONNREFUSED 127.0.0.1:${first.port}; 127.0.0.1:${second.port}: `;
    await expect(one.until(0)).rejects.toThrow(SendError);
    await expect(one.failed).rejects.toThrow(text);
  });

  it("gives up a server that accepts and says nothing", async () => {
    const silent = await startSilentServer();
    const one = new Sender({ servers: [silent.address], ...TIMING, timeoutMs: 100 });
    one.send(submissions(1));
    await expect(one.until(0)).rejects.toThrow("no answer within 0.1 s");
    await silent.stop();
  });
});
