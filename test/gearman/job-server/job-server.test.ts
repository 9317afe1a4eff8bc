import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JobServer } from "../../../src/gearman/job-server/job-server.ts";
import type { Packet } from "../../../src/gearman/packet.ts";
import { Actors, until, untilStatus } from "../../support/gearman/actors.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { JOB_SERVERS, type StartedServer } from "../job-servers.ts";
import { Talker } from "../talker.ts";

const GRAB: Packet = { type: "GRAB_JOB_UNIQ" };

for (const kind of JOB_SERVERS) {
  describe.skipIf(kind.isMissing)(kind.name, () => {
    checkLeaks();
    const actors = new Actors();
    let server: StartedServer;
    let worker: Talker;
    let client: Talker;
    beforeEach(async () => {
      server = await kind.start();
      worker = actors.add(new Talker(server.address));
      client = actors.add(new Talker(server.address));
    });
    afterEach(async () => {
      await actors.stop();
      await server.stop();
    });

    async function created(packet: Packet): Promise<string> {
      const [answer] = await client.say(packet);
      if (answer?.type !== "JOB_CREATED") throw new Error(`not created: ${JSON.stringify(answer)}`);
      return answer.handle;
    }

    it.each([
      ["GRAB_JOB", { type: "JOB_ASSIGN", queue: "host" }],
      ["GRAB_JOB_UNIQ", { type: "JOB_ASSIGN_UNIQ", queue: "host", unique: "u" }],
      ["GRAB_JOB_ALL", { type: "JOB_ASSIGN_UNIQ", queue: "host", unique: "u" }],
    ] as const)("answers %s with what was asked for", async (type, wanted) => {
      const workload = Buffer.from("text");
      const handle = await created({ type: "SUBMIT_JOB_BG", queue: "host", unique: "u", workload });
      const answers = await worker.say({ type: "CAN_DO", queue: "host" }, { type }, { type });
      expect(answers).toEqual([{ ...wanted, handle, workload }, { type: "NO_JOB" }]);
    });

    it("hands out the queue registered last first, whatever the priorities", async () => {
      await created(submit("SUBMIT_JOB_HIGH_BG", "host", "high"));
      await created(submit("SUBMIT_JOB_LOW_BG", "service", "low"));
      const answers = await worker.say(
        { type: "CAN_DO", queue: "host" },
        { type: "CAN_DO", queue: "service" },
        GRAB,
        GRAB,
      );
      expect(answers).toMatchObject([{ queue: "service" }, { queue: "host" }]);
    });

    it("rouses a sleeping worker once until it grabs", async () => {
      expect(await worker.say({ type: "CAN_DO", queue: "host" }, GRAB, { type: "PRE_SLEEP" })).toEqual([
        { type: "NO_JOB" },
      ]);
      await created(submit("SUBMIT_JOB_BG", "host", "one"));
      await created(submit("SUBMIT_JOB_BG", "host", "two"));
      expect(await worker.next()).toEqual({ type: "NOOP" });
      expect(await worker.say()).toEqual([]);
      const answers = await worker.say(GRAB, { type: "PRE_SLEEP" });
      expect(answers).toMatchObject([{ type: "JOB_ASSIGN_UNIQ" }, { type: "NOOP" }]);
    });

    it("re-queues the running jobs of a queue that is taken back", async () => {
      await created(submit("SUBMIT_JOB_BG", "host", "text"));
      await worker.say({ type: "CAN_DO", queue: "host" }, GRAB, { type: "CANT_DO", queue: "host" });
      await untilStatus(server.address, "host", { total: 1, running: 0, workers: 0 });
      expect(await worker.say(GRAB)).toEqual([{ type: "NO_JOB" }]);
      expect(await worker.say({ type: "CAN_DO", queue: "host" }, GRAB)).toMatchObject([{ queue: "host" }]);
    });

    it("re-queues a job at the end of its queue, under its handle, when its worker goes away", async () => {
      const first = await created(submit("SUBMIT_JOB_BG", "host", "first"));
      const second = await created(submit("SUBMIT_JOB_BG", "host", "second"));
      await worker.say({ type: "CAN_DO", queue: "host" }, GRAB);
      await worker.stop();
      await untilStatus(server.address, "host", { total: 2, running: 0, workers: 0 });
      const other = actors.add(new Talker(server.address));
      const answers = await other.say({ type: "CAN_DO", queue: "host" }, GRAB, GRAB);
      expect(answers).toMatchObject([{ handle: second }, { handle: first }]);
    });

    it("takes no answer from a worker that does not have the job", async () => {
      const handle = await created(submit("SUBMIT_JOB_BG", "host", "text"));
      await worker.say({ type: "CAN_DO", queue: "host" }, GRAB);
      const answers = await client.say({ type: "WORK_COMPLETE", handle, data: Buffer.alloc(0) });
      expect(answers).toMatchObject([{ type: "ERROR", text: "Job given in work result not found" }]);
      await untilStatus(server.address, "host", { total: 1, running: 1 });
    });

    it("tells a client what its worker reports", async () => {
      const handle = await created(submit("SUBMIT_JOB", "host", "text"));
      const data = Buffer.from("part");
      await worker.say(
        { type: "CAN_DO", queue: "host" },
        GRAB,
        { type: "WORK_DATA", handle, data },
        { type: "WORK_WARNING", handle, data },
        { type: "WORK_STATUS", handle, numerator: "1", denominator: "2" },
        { type: "WORK_EXCEPTION", handle, data },
      );
      expect([await client.next(), await client.next(), await client.next(), await client.next()]).toEqual([
        { type: "WORK_DATA", handle, data },
        { type: "WORK_WARNING", handle, data },
        { type: "WORK_STATUS", handle, numerator: "1", denominator: "2" },
        { type: "WORK_FAIL", handle },
      ]);
      await untilStatus(server.address, "host", { total: 0, running: 0 });
    });

    it("drops a foreground job whose client has gone, and keeps a background job", async () => {
      await created(submit("SUBMIT_JOB", "host", "foreground"));
      await created(submit("SUBMIT_JOB_BG", "host", "background"));
      await client.stop();
      client = actors.add(new Talker(server.address));
      const grabbed: Packet[] = [];
      await until(async () => {
        grabbed.push(
          ...(await worker.say({ type: "RESET_ABILITIES" }, { type: "CAN_DO", queue: "host" }, GRAB)),
        );
        expect(grabbed.at(-1)).toMatchObject({ workload: Buffer.from("background") });
      });
      expect(await worker.say(GRAB)).toEqual([{ type: "NO_JOB" }]);
    });

    it("makes one job of equal workloads under the unique '-'", async () => {
      const first = await created({ ...submit("SUBMIT_JOB_BG", "host", "same"), unique: "-" });
      expect(await created({ ...submit("SUBMIT_JOB_BG", "host", "same"), unique: "-" })).toBe(first);
      expect(await created({ ...submit("SUBMIT_JOB_BG", "host", "other"), unique: "-" })).not.toBe(first);
      expect(await created({ ...submit("SUBMIT_JOB_BG", "service", "same"), unique: "-" })).not.toBe(first);
    });

    it("echoes, and refuses what only a server says", async () => {
      const data = Buffer.from("hello\0");
      expect(await client.say({ type: "ECHO_REQ", data })).toEqual([{ type: "ECHO_RES", data }]);
      expect(await client.say({ type: "SET_CLIENT_ID", clientId: "me" })).toEqual([]);
      const refused = await client.say({ type: "NOOP" });
      expect(refused).toMatchObject([{ type: "ERROR", text: "Command not expected" }]);
    });
  });
}

describe("the built-in job server alone", () => {
  checkLeaks();

  it("keeps its jobs over a stop and a start, and hangs up on junk", async () => {
    const actors = new Actors();
    const server = actors.add(new JobServer());
    await server.start();
    const talker = actors.add(new Talker({ host: "127.0.0.1", port: server.port }));
    await talker.say(submit("SUBMIT_JOB_BG", "host", "kept"));
    await server.stop();
    expect(server.port).toBe(0);
    await server.start();
    const again = actors.add(new Talker({ host: "127.0.0.1", port: server.port }));
    expect(await again.say({ type: "CAN_DO", queue: "host" }, GRAB)).toMatchObject([{ queue: "host" }]);
    again.junk();
    await again.closed;
    await actors.stop();
  });
});

function submit<Type extends "SUBMIT_JOB" | "SUBMIT_JOB_BG" | "SUBMIT_JOB_HIGH_BG" | "SUBMIT_JOB_LOW_BG">(
  type: Type,
  queue: string,
  text: string,
) {
  return { type, queue, unique: "", workload: Buffer.from(text) };
}
