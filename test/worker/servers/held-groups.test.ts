import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { GrabbedJob } from "../../../src/gearman/grabber/running-job.ts";
import type { ServerAddress } from "../../../src/gearman/server-address.ts";
import { JobServers } from "../../../src/worker/servers/job-servers.ts";
import { Actors, textOf, untilStatus } from "../../support/gearman/actors.ts";
import { Arrivals } from "../../support/gearman/arrivals.ts";
import { startGearmand } from "../../support/gearman/gearmand.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { stubLog } from "../../support/stub-log.ts";

describe.skipIf(!hasServer("gearmand"))("job servers of which one is not asked before a while", () => {
  checkLeaks();
  const actors = new Actors();
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance"] });
  });
  afterEach(async () => {
    await actors.stop();
    vi.useRealTimers();
  });

  async function startServer(): Promise<ServerAddress> {
    const { port } = actors.add(await startGearmand());
    return { host: "127.0.0.1", port };
  }

  const settings = (servers: readonly ServerAddress[]) => ({
    servers,
    queues: ["service"],
    statusQueue: "worker_gw",
    timing: {},
    grabIntervalMs: 600_000,
  });

  async function submit(server: ServerAddress, text: string): Promise<void> {
    const client = await actors.client(server);
    await client.submit({ queue: "service", unique: "", workload: Buffer.from(text) });
  }

  /** The first server has given a job, and has another one. */
  async function startHolding(servers: readonly ServerAddress[]) {
    const [first] = servers;
    if (first === undefined) throw new Error("no server");
    const jobs = new Arrivals<GrabbedJob>();
    const jobServers = actors.add(
      new JobServers({
        log: stubLog(),
        events: { connected: () => {}, lost: () => {} },
        room: () => 10,
        onJob: jobs.push,
        renderStatus: () => "",
        onResultsOpen: () => {},
      }),
    );
    jobServers.open(settings(servers));
    for (const server of servers) await untilStatus(server, "service", { workers: 1 });
    await submit(first, "first");
    (await jobs.next()).complete();
    await untilStatus(first, "service", { total: 0 });
    vi.advanceTimersByTime(5);
    await submit(first, "held");
    return { jobServers, jobs, first };
  }

  const waiting = { total: 1, running: 0, workers: 1 };

  it("take the jobs of the others at once", async () => {
    const [one, other] = [await startServer(), await startServer()];
    const { jobs, jobServers, first } = await startHolding([one, other]);
    await submit(other, "of the other");
    expect(textOf(await jobs.next())).toBe("of the other");
    jobServers.wake();
    await untilStatus(first, "service", waiting);
  });

  it("ask it at once after a reload, and each job is run once", async () => {
    const { jobs, jobServers, first } = await startHolding([await startServer()]);
    await untilStatus(first, "service", waiting);
    jobServers.open(settings([first]));
    (await jobs.next()).complete();
    await untilStatus(first, "service", { total: 0 });
    expect(jobs.all.map(textOf)).toEqual(["first", "held"]);
  });

  it("end without it, and leave its job to another worker", async () => {
    const { jobs, jobServers, first } = await startHolding([await startServer()]);
    await untilStatus(first, "service", waiting);
    await jobServers.drain();
    await jobServers.reclaimed();
    await jobServers.stop();
    await untilStatus(first, "service", { total: 1, running: 0, workers: 0 });
    expect(jobs.all.map(textOf)).toEqual(["first"]);
  });
});
