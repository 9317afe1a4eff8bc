import { afterEach, describe, expect, it } from "vitest";
import type { GrabbedJob } from "../../../src/gearman/grabber/running-job.ts";
import type { ServerAddress } from "../../../src/gearman/server-address.ts";
import { JobServers, type JobServersOptions } from "../../../src/worker/servers/job-servers.ts";
import { Actors, textOf, untilStatus } from "../../support/gearman/actors.ts";
import { Arrivals } from "../../support/gearman/arrivals.ts";
import { startGearmand } from "../../support/gearman/gearmand.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { stubLog } from "../../support/stub-log.ts";

describe.skipIf(!hasServer("gearmand"))("queues with a limit", () => {
  checkLeaks();
  const actors = new Actors();
  afterEach(() => actors.stop());

  async function startServer(): Promise<ServerAddress> {
    const { port } = actors.add(await startGearmand());
    return { host: "127.0.0.1", port };
  }

  async function submit(server: ServerAddress, queue: string, ...texts: readonly string[]): Promise<void> {
    const client = await actors.client(server);
    for (const text of texts) await client.submit({ queue, unique: "", workload: Buffer.from(text) });
  }

  function start(servers: readonly ServerAddress[], options: Partial<JobServersOptions>) {
    const jobs = new Arrivals<GrabbedJob>();
    const jobServers = actors.add(
      new JobServers({
        log: stubLog(),
        events: { connected: () => {}, lost: () => {} },
        room: () => 1_000,
        onJob: jobs.push,
        renderStatus: () => "",
        onResultsOpen: () => {},
        ...options,
      }),
    );
    jobServers.open({
      servers,
      queues: ["host", "service"],
      limited: ["service"],
      statusQueue: "worker_gw",
      timing: {},
      grabIntervalMs: 0,
    });
    return { jobServers, jobs };
  }

  it("give no more jobs than their room, of all job servers together", async () => {
    const servers = [await startServer(), await startServer()];
    for (const server of servers) await submit(server, "service", "a", "b", "c");
    let running = 0;
    const { jobServers, jobs } = start(servers, {
      queueRoom: () => 2 - running,
      onJob: (job) => {
        running += 1;
        jobs.push(job);
      },
    });
    const first = await jobs.take(2);
    for (const server of servers) await submit(server, "host", "quick");
    const hosts = await jobs.take(2);
    expect(hosts.map(({ queue }) => queue)).toEqual(["host", "host"]);
    expect(jobs.all.length).toBe(4);
    running -= 4;
    for (const job of [...first, ...hosts]) job.complete();
    jobServers.wake();
    await jobs.take(2);
    expect(running).toBe(2);
  });

  it("are registered once, and each job server has one worker for them", async () => {
    const server = await startServer();
    start([server], { queueRoom: () => 1 });
    await untilStatus(server, "service", { workers: 1 });
    await untilStatus(server, "host", { workers: 1 });
  });

  it("come after a more urgent queue while there is room for one job at a time", async () => {
    const server = await startServer();
    let room = 0;
    const { jobServers, jobs } = start([server], { room: () => room, queueRoom: () => 10 });
    await untilStatus(server, "service", { workers: 1 });
    await untilStatus(server, "host", { workers: 1 });
    await submit(server, "service", "s1", "s2");
    await submit(server, "host", "h1", "h2");
    const order: string[] = [];
    for (let taken = 0; taken < 4; taken += 1) {
      room = 1;
      jobServers.wake();
      const job = await jobs.next();
      room = 0;
      order.push(textOf(job));
      job.complete();
    }
    expect(order).toEqual(["h1", "h2", "s1", "s2"]);
  });
});
