import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readWorkers } from "../../../src/gearman/admin.ts";
import { Orphans } from "../../../src/gearman/grabber/orphans.ts";
import type { GrabbedJob } from "../../../src/gearman/grabber/running-job.ts";
import type { Submitter } from "../../../src/gearman/submitter.ts";
import { Actors, textOf, until, untilStatus } from "../../support/gearman/actors.ts";
import { Cable } from "../../support/gearman/cable.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { stubLog } from "../../support/stub-log.ts";
import { JOB_SERVERS, type StartedServer } from "../job-servers.ts";

for (const kind of JOB_SERVERS) {
  describe.skipIf(kind.isMissing)(`the grabber with ${kind.name}`, () => {
    checkLeaks();
    const actors = new Actors();
    let server: StartedServer;
    let client: Submitter;
    beforeEach(async () => {
      server = await kind.start();
      client = await actors.client(server.address);
    });
    afterEach(async () => {
      await actors.stop();
      await server.stop();
    });

    const submit = (queue: string, text: string, more: { priority?: "high" | "low"; unique?: string } = {}) =>
      client.submit({ queue, unique: "", workload: Buffer.from(text, "latin1"), ...more });
    const status = (queue: string, total: number, running: number, workers: number) =>
      untilStatus(server.address, queue, { total, running, workers });

    it("hands over a job as it was submitted, and completes it", async () => {
      const { jobs } = actors.worker(server.address, ["service"]);
      const handle = await submit("service", "bytes \0\xa0\xff", { unique: "web1-http" });
      const job = await jobs.next();
      expect({
        handle: job.handle,
        queue: job.queue,
        unique: job.unique,
        text: textOf(job),
        server: job.server,
      }).toEqual({
        handle,
        queue: "service",
        unique: "web1-http",
        text: "bytes \0\xa0\xff",
        server: `127.0.0.1:${server.address.port}`,
      });
      await status("service", 1, 1, 1);
      job.complete();
      await status("service", 0, 0, 1);
    });

    it("sends one answer for a job, however often it is answered", async () => {
      const { jobs, log } = actors.worker(server.address, ["service"]);
      await submit("service", "once");
      const job = await jobs.next();
      job.complete();
      job.complete();
      job.fail();
      await submit("service", "afterwards");
      await jobs.next();
      expect(log.warn).not.toHaveBeenCalled();
    });

    it("has many jobs in flight on one connection", async () => {
      const { grabber, jobs } = actors.worker(server.address, ["service"]);
      await Promise.all(Array.from({ length: 500 }, (_, i) => submit("service", `job ${i}`)));
      const taken = await jobs.take(500);
      await status("service", 500, 500, 1);
      expect(grabber.jobsInFlight).toBe(500);
      for (const job of taken) job.complete();
      await status("service", 0, 0, 1);
      expect(grabber.jobsInFlight).toBe(0);
    });

    it("never has more grabs and jobs than there is room, and fills it again when woken", async () => {
      const running: GrabbedJob[] = [];
      let most = 0;
      let seen = 0;
      const { grabber } = actors.worker(server.address, ["service"], {
        room: () => {
          most = Math.max(most, running.length + grabber.outstandingGrabs);
          return 3 - running.length;
        },
        onJob: (job) => {
          running.push(job);
          seen++;
        },
      });
      await Promise.all(Array.from({ length: 50 }, (_, i) => submit("service", `job ${i}`)));
      await status("service", 50, 3, 1);
      while (seen < 50) {
        running.shift()?.complete();
        grabber.wake();
        await until(() => expect(running.length).toBe(Math.min(3, 50 - seen + running.length)));
      }
      for (const job of running) job.complete();
      await status("service", 0, 0, 1);
      expect(most).toBe(3);
    });

    it("takes nothing while there is no room, until it is woken", async () => {
      let room = 0;
      const { grabber, jobs } = actors.worker(server.address, ["service"], { room: () => room });
      await status("service", 0, 0, 1);
      await submit("service", "patient");
      await status("service", 1, 0, 1);
      room = 1;
      grabber.wake();
      expect(textOf(await jobs.next())).toBe("patient");
    });

    it("is roused from sleep while a job still runs", async () => {
      const { jobs } = actors.worker(server.address, ["service"]);
      await submit("service", "long");
      const long = await jobs.next();
      for (let i = 0; i < 20; i++) {
        await submit("service", `short ${i}`);
        (await jobs.next()).complete();
        await status("service", 1, 1, 1);
      }
      long.complete();
      await status("service", 0, 0, 1);
    });

    it("serves the first of its queues first", async () => {
      const queues = ["host", "service", "eventhandler"];
      for (const queue of queues.toReversed()) await submit(queue, queue);
      const { grabber, jobs } = actors.worker(server.address, queues, {
        room: () => 1 - grabber.jobsInFlight,
      });
      const order: string[] = [];
      while (order.length < queues.length) {
        const job = await jobs.next();
        order.push(job.queue);
        job.complete();
        grabber.wake();
      }
      expect(order).toEqual(queues);
    });

    it("takes jobs of one queue by priority, then by age", async () => {
      await submit("service", "low", { priority: "low" });
      await submit("service", "normal 1");
      await submit("service", "high", { priority: "high" });
      await submit("service", "normal 2");
      const { jobs } = actors.worker(server.address, ["service"]);
      const taken = await jobs.take(4);
      expect(taken.map(textOf)).toEqual(["high", "normal 1", "normal 2", "low"]);
    });

    it("gets a job once that is submitted again under its unique", async () => {
      const first = await submit("service", "first", { unique: "web1" });
      expect(await submit("service", "second", { unique: "web1" })).toBe(first);
      const { jobs } = actors.worker(server.address, ["service"]);
      const job = await jobs.next();
      expect(await submit("service", "third, while it runs", { unique: "web1" })).toBe(first);
      await status("service", 1, 1, 1);
      job.complete();
      await status("service", 0, 0, 1);
      expect(await submit("service", "fourth", { unique: "web1" })).not.toBe(first);
      expect(textOf(await jobs.next())).toBe("fourth");
    });

    it("that is retired takes no more, but its running jobs complete and run once", async () => {
      const onDrained = vi.fn();
      const queues = ["host", "service"];
      const { grabber, jobs, states } = actors.worker(server.address, queues, { onDrained });
      await submit("service", "running");
      const job = await jobs.next();
      grabber.retire();
      await status("host", 0, 0, 0);
      await submit("host", "for another");
      await submit("service", "for another");
      await status("host", 1, 0, 0);
      await status("service", 2, 1, 1);
      expect(onDrained).not.toHaveBeenCalled();
      job.complete();
      expect(onDrained).toHaveBeenCalledOnce();
      await status("service", 1, 0, 0);
      expect(jobs.all).toHaveLength(1);
      expect(states).toEqual(["connected"]);

      const next = actors.worker(server.address, queues);
      expect((await next.jobs.take(2)).map((each) => each.queue)).toEqual(queues);
    });

    it("that is retired without a job is drained as soon as its grabs are answered", async () => {
      const drained = Promise.withResolvers<void>();
      const { grabber } = actors.worker(server.address, ["service"], { onDrained: drained.resolve });
      await status("service", 0, 0, 1);
      grabber.retire();
      await drained.promise;
      expect(grabber.outstandingGrabs).toBe(0);
      await status("service", 0, 0, 0);
    });

    it("that is stopped is not drained", async () => {
      const onDrained = vi.fn();
      const { grabber, jobs } = actors.worker(server.address, ["service"], { onDrained });
      await submit("service", "running");
      const job = await jobs.next();
      grabber.retire();
      await grabber.stop();
      job.complete();
      expect(onDrained).not.toHaveBeenCalled();
    });

    it("gives way to one with other queues while a job of a former queue runs", async () => {
      const orphans = new Orphans({ log: stubLog() });
      const { grabber, jobs } = actors.worker(server.address, ["service", "host"], { orphans });
      await submit("service", "running");
      const job = await jobs.next();
      const next = actors.worker(server.address, ["hostgroup_a", "host"], { orphans });
      grabber.retire();
      await status("hostgroup_a", 0, 0, 1);
      await status("host", 0, 0, 1);
      await status("service", 1, 1, 1);
      await submit("hostgroup_a", "new");
      expect(textOf(await next.jobs.next())).toBe("new");
      job.complete();
      await status("service", 0, 0, 0);
      expect(jobs.all).toHaveLength(1);
      expect(next.jobs.all).toHaveLength(1);
    });

    it("that stops gives back the jobs without an answer, and sends the answers it has", async () => {
      const { grabber, jobs } = actors.worker(server.address, ["service"]);
      await submit("service", "answered");
      await submit("service", "unanswered");
      const [answered, unanswered] = await jobs.take(2);
      answered?.complete();
      await grabber.stop();
      await status("service", 1, 0, 0);
      unanswered?.complete();
      const other = actors.worker(server.address, ["service"]);
      expect(textOf(await other.jobs.next())).toBe("unanswered");
    });

    it("is registered again when its killed server is back", async () => {
      const { grabber, jobs, states } = actors.worker(server.address, ["service"]);
      await until(() => expect(states).toEqual(["connected"]));
      await server.stop();
      await until(() => expect(grabber.isConnected).toBe(false));
      server = await kind.start(server.address.port);
      await status("service", 0, 0, 1);
      await until(() => expect(states).toEqual(["connected", "disconnected", "connected"]));
      client = await actors.client(server.address);
      await submit("service", "after the crash");
      expect(textOf(await jobs.next())).toBe("after the crash");
    });

    it("is one line in the job server's list of workers, with its queues in their order", async () => {
      actors.worker(server.address, ["host", "service"]);
      await status("host", 0, 0, 1);
      const workers = await readWorkers(server.address);
      expect(workers.filter(({ queues }) => queues.length > 0)).toMatchObject([
        { host: "127.0.0.1", queues: ["host", "service"] },
      ]);
    });

    describe("whose connection is cut", () => {
      let cable: Cable;
      beforeEach(async () => {
        cable = actors.add(await new Cable(server.address).start());
      });

      it("does not run a job again that still runs, and completes it under its new handle", async () => {
        const { grabber, jobs, log } = actors.worker(cable.address, ["service"]);
        await submit("service", "long");
        const job = await jobs.next();
        cable.cut();
        await status("service", 1, 0, 0);
        expect(grabber.jobsInFlight).toBe(1);
        cable.mend();
        await status("service", 1, 1, 1);
        await until(() =>
          expect(log.info).toHaveBeenCalledWith(
            expect.objectContaining({ queue: "service" }),
            "job assigned again while it runs; not run twice",
          ),
        );
        job.complete();
        await status("service", 0, 0, 1);
        expect(jobs.all).toEqual([job]);
      });

      it("does not run a job again that has ended meanwhile", async () => {
        const { grabber, jobs } = actors.worker(cable.address, ["service"]);
        await submit("service", "short");
        const job = await jobs.next();
        cable.cut();
        await status("service", 1, 0, 0);
        await until(() => expect(grabber.isConnected).toBe(false));
        job.complete();
        expect(grabber.jobsInFlight).toBe(0);
        cable.mend();
        await status("service", 0, 0, 1);
        expect(jobs.all).toEqual([job]);
      });

      it("does not run a job again whose answer was lost on its way", async () => {
        const { jobs } = actors.worker(cable.address, ["service"]);
        await submit("service", "lost");
        const job = await jobs.next();
        cable.mute();
        job.complete();
        cable.cut();
        await status("service", 1, 0, 0);
        cable.mend();
        await status("service", 0, 0, 1);
        expect(jobs.all).toEqual([job]);
      });

      it("runs a job again that is submitted again after its answer had arrived", async () => {
        const { grabber, jobs } = actors.worker(cable.address, ["service"]);
        await submit("service", "again");
        (await jobs.next()).complete();
        await status("service", 0, 0, 1);
        cable.cut();
        await until(() => expect(grabber.isConnected).toBe(false));
        cable.mend();
        await submit("service", "again");
        (await jobs.next()).complete();
        await status("service", 0, 0, 1);
        expect(jobs.all).toHaveLength(2);
      });

      it("tells jobs that are alike apart by their number", async () => {
        const { grabber, jobs } = actors.worker(cable.address, ["service"]);
        await submit("service", "twin");
        await submit("service", "twin");
        const [one, two] = await jobs.take(2);
        cable.cut();
        await status("service", 2, 0, 0);
        await until(() => expect(grabber.isConnected).toBe(false));
        await submit("service", "twin");
        cable.mend();
        const third = await jobs.next();
        await status("service", 3, 3, 1);
        one?.complete();
        await status("service", 2, 2, 1);
        two?.complete();
        await status("service", 1, 1, 1);
        third.complete();
        await status("service", 0, 0, 1);
        expect(jobs.all).toHaveLength(3);
      });

      it("gives up a retired connection, and is drained when what ran on it has ended", async () => {
        const onDrained = vi.fn();
        const { grabber, jobs } = actors.worker(cable.address, ["service"], { onDrained });
        await submit("service", "running");
        const job = await jobs.next();
        grabber.retire();
        cable.cut();
        await status("service", 1, 0, 0);
        cable.mend();
        await until(() => expect(grabber.isConnected).toBe(false));
        expect(grabber.jobsInFlight).toBe(1);
        expect(onDrained).not.toHaveBeenCalled();
        job.complete();
        expect(grabber.jobsInFlight).toBe(0);
        expect(onDrained).toHaveBeenCalledOnce();
        expect(cable.connections).toBe(1);
      });
    });
  });
}
