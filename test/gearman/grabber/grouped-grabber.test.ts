import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Orphans } from "../../../src/gearman/grabber/orphans.ts";
import type { Submitter } from "../../../src/gearman/submitter.ts";
import { Actors, textOf, until, untilStatus } from "../../support/gearman/actors.ts";
import { Cable } from "../../support/gearman/cable.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { stubLog } from "../../support/stub-log.ts";
import { JOB_SERVERS, type StartedServer } from "../job-servers.ts";

/** A group is held for ever, as no test waits for so long. */
const INTERVAL = { intervalMs: 600_000 };

for (const kind of JOB_SERVERS) {
  describe.skipIf(kind.isMissing)(`a grabber that takes groups, with ${kind.name}`, () => {
    checkLeaks();
    const actors = new Actors();
    let server: StartedServer;
    let client: Submitter;
    beforeEach(async () => {
      vi.useFakeTimers({ toFake: ["performance"] });
      server = await kind.start();
      client = await actors.client(server.address);
    });
    afterEach(async () => {
      await actors.stop();
      await server.stop();
      vi.useRealTimers();
    });

    const submit = (text: string) =>
      client.submit({ queue: "service", unique: "", workload: Buffer.from(text, "latin1") });
    const status = (total: number, running: number, workers: number) =>
      untilStatus(server.address, "service", { total, running, workers });

    /** One job was taken at once and has its answer; the next one waits in the queue. */
    async function hold(options: Parameters<Actors["worker"]>[2] = {}, address = server.address) {
      const worker = actors.worker(address, ["service"], { ...INTERVAL, ...options });
      await status(0, 0, 1);
      await submit("first");
      (await worker.jobs.next()).complete();
      await status(0, 0, 1);
      vi.advanceTimersByTime(5);
      await submit("held");
      await until(() => expect(worker.grabber.isHeld).toBe(true));
      await status(1, 0, 1);
      return worker;
    }

    it("leaves a job in the queue that comes too soon, also when it is woken, for another worker", async () => {
      const { grabber, jobs } = await hold();
      grabber.wake();
      expect(grabber.outstandingGrabs).toBe(0);
      const other = actors.worker(server.address, ["service"], INTERVAL);
      expect(textOf(await other.jobs.next())).toBe("held");
      expect(jobs.all.map(textOf)).toEqual(["first"]);
    });

    it("can be retired meanwhile, and the job is another worker's", async () => {
      const drained = Promise.withResolvers<void>();
      const { grabber, jobs } = await hold({ onDrained: drained.resolve });
      grabber.retire();
      await drained.promise;
      await status(1, 0, 0);
      const other = actors.worker(server.address, ["service"], INTERVAL);
      (await other.jobs.next()).complete();
      await status(0, 0, 1);
      expect(jobs.all.map(textOf)).toEqual(["first"]);
    });

    it("can be stopped meanwhile", async () => {
      const { grabber } = await hold();
      await grabber.stop();
      expect(grabber.isHeld).toBe(false);
      await status(1, 0, 0);
    });

    it("takes the job at once when its connection is made anew", async () => {
      const cable = actors.add(await new Cable(server.address).start());
      const { grabber, jobs } = await hold({}, cable.address);
      cable.cut();
      await until(() => expect(grabber.isConnected).toBe(false));
      expect(grabber.isHeld).toBe(false);
      cable.mend();
      const job = await jobs.next();
      expect(textOf(job)).toBe("held");
      job.complete();
      await status(0, 0, 1);
      expect(jobs.all).toHaveLength(2);
    });

    it("goes on when its killed server is back", async () => {
      const { grabber, jobs } = await hold();
      await server.stop();
      await until(() => expect([grabber.isConnected, grabber.isHeld]).toEqual([false, false]));
      server = await kind.start(server.address.port);
      client = await actors.client(server.address);
      await submit("after the crash");
      expect(textOf(await jobs.next())).toBe("after the crash");
    });

    it("takes every job of a flow once, beside another worker of its kind", async () => {
      vi.useRealTimers();
      const orphans = () => new Orphans({ log: stubLog() });
      const workers = [2, 3].map((room) => {
        const worker = actors.worker(server.address, ["service"], {
          intervalMs: 5,
          orphans: orphans(),
          room: () => room - worker.grabber.jobsInFlight,
          onJob: (job) => {
            worker.jobs.push(job);
            setImmediate(() => {
              job.complete();
              worker.grabber.wake();
            });
          },
        });
        return worker;
      });
      const names = Array.from({ length: 400 }, (_, i) => `job ${i}`);
      for (const [i, name] of names.entries()) {
        const submitted = submit(name);
        if (i % 7 !== 0) await submitted;
      }
      await status(0, 0, 2);
      const taken = workers.flatMap(({ jobs }) => jobs.all.map(textOf));
      expect(taken.toSorted()).toEqual(names.toSorted());
    });
  });
}
