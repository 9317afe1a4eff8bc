import { afterEach, describe, expect, it } from "vitest";
import type { GrabbedJob } from "../../../src/gearman/grabber/running-job.ts";
import { JobServer } from "../../../src/gearman/job-server/job-server.ts";
import type { ServerAddress } from "../../../src/gearman/server-address.ts";
import { JobServers, type JobServersOptions } from "../../../src/worker/servers/job-servers.ts";
import type { JobServerSettings } from "../../../src/worker/servers/server-settings.ts";
import { Actors, textOf, until, untilStatus } from "../../support/gearman/actors.ts";
import { Arrivals } from "../../support/gearman/arrivals.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { stubLog } from "../../support/stub-log.ts";

const HOST = "127.0.0.1";

checkLeaks();
const actors = new Actors();
afterEach(() => actors.stop());

async function startServer(port = 0): Promise<ServerAddress> {
  const server = actors.add(new JobServer({ port }));
  await server.start();
  return { host: HOST, port: server.port };
}

function settings(
  servers: readonly ServerAddress[],
  more: Partial<JobServerSettings> = {},
): JobServerSettings {
  return {
    servers,
    queues: ["host", "service"],
    statusQueue: "worker_gw",
    timing: {},
    grabIntervalMs: 0,
    ...more,
  };
}

function start(servers: readonly ServerAddress[], options: Partial<JobServersOptions> = {}) {
  const jobs = new Arrivals<GrabbedJob>();
  const states: string[] = [];
  const jobServers = actors.add(
    new JobServers({
      log: stubLog(),
      events: {
        connected: (name) => states.push(`connected ${name}`),
        lost: (name) => states.push(`lost ${name}`),
      },
      room: () => 1_000,
      onJob: jobs.push,
      renderStatus: () => "all is well \xe4",
      onResultsOpen: () => {},
      ...options,
    }),
  );
  jobServers.open(settings(servers));
  return { jobServers, jobs, states };
}

async function submit(server: ServerAddress, ...texts: readonly string[]): Promise<void> {
  const client = await actors.client(server);
  for (const text of texts)
    await client.submit({ queue: "service", unique: "", workload: Buffer.from(text) });
}

const nameOf = ({ host, port }: ServerAddress) => `${host}:${port}`;

describe("the job servers", () => {
  it("send the jobs of each, and tell what they do", async () => {
    const servers = [await startServer(), await startServer()];
    const { jobServers, jobs, states } = start(servers);
    for (const server of servers) await submit(server, nameOf(server));
    const taken = await jobs.take(2);
    expect(taken.map(textOf).toSorted()).toEqual(servers.map(nameOf).toSorted());
    expect(taken.map(({ server }) => server)).toEqual(taken.map(textOf));
    await until(() =>
      expect(jobServers.status).toEqual(
        servers.map((server) => ({
          name: nameOf(server),
          isConnected: true,
          isSilent: false,
          isRetired: false,
          jobsInFlight: 1,
          outstandingGrabs: 0,
        })),
      ),
    );
    expect([jobServers.taken, jobServers.orphaned]).toEqual([2, 0]);
    expect(states.toSorted()).toEqual(servers.map((server) => `connected ${nameOf(server)}`).toSorted());
  });

  it("share one room", async () => {
    const servers = [await startServer(), await startServer()];
    for (const server of servers) await submit(server, "a", "b", "c");
    let running = 0;
    let most = 0;
    const { jobServers, jobs } = start(servers, {
      room: () => 2 - running,
      onJob: (job) => {
        running += 1;
        const coming = jobServers.status.reduce((sum, { outstandingGrabs }) => sum + outstandingGrabs, 0);
        most = Math.max(most, running + coming);
        jobs.push(job);
      },
    });
    for (let i = 0; i < 6; i++) {
      const job = await jobs.next();
      job.complete();
      running -= 1;
      jobServers.wake();
    }
    expect(most).toBe(2);
  });

  it("wake up when there is room again", async () => {
    const server = await startServer();
    await submit(server, "patient");
    let room = 0;
    const { jobServers, jobs, states } = start([server], { room: () => room });
    await untilStatus(server, "service", { workers: 1, running: 0 });
    room = 1;
    jobServers.wake();
    expect(textOf(await jobs.next())).toBe("patient");
    expect(states).toEqual([`connected ${nameOf(server)}`]);
  });

  it("have their status queue answered when there is no room", async () => {
    const server = await startServer();
    start([server], { room: () => 0 });
    const client = await actors.client(server);
    const asked = { queue: "worker_gw", unique: "", workload: Buffer.alloc(0) };
    const answer = await client.request(asked, { timeoutMs: 5_000 });
    expect(answer.toString("latin1")).toBe("all is well \xe4");
  });

  it("tell that a connection is lost, and when results can be submitted again", async () => {
    const first = new JobServer();
    await first.start();
    const server = { host: HOST, port: first.port };
    let opened = 0;
    const { jobServers, states } = start([server], { onResultsOpen: () => opened++ });
    await until(() => expect([opened, states.length]).toEqual([1, 1]));
    await first.stop();
    await until(() => expect(states).toEqual([`connected ${nameOf(server)}`, `lost ${nameOf(server)}`]));
    expect(jobServers.status[0]?.isConnected).toBe(false);
    await startServer(server.port);
    await until(() => expect(opened).toBe(2));
  });

  it("of an earlier configuration stay until their last job is answered", async () => {
    const [before, after] = [await startServer(), await startServer()];
    const { jobServers, jobs } = start([before]);
    await submit(before, "running", "and this");
    const taken = await jobs.take(2);
    jobServers.open(settings([after]));
    expect(jobServers.current.map(({ name }) => name)).toEqual([nameOf(after)]);
    const retired = () => [...jobServers.retired].map(({ name }) => name);
    taken[0]?.complete();
    expect(retired()).toEqual([nameOf(before)]);
    expect(jobServers.status.at(-1)).toMatchObject({
      name: nameOf(before),
      isRetired: true,
      jobsInFlight: 1,
    });
    taken[1]?.complete();
    await untilStatus(before, "service", { total: 0, workers: 0 });
    await until(() => expect(retired()).toEqual([]));
    await submit(after, "new");
    expect(textOf(await jobs.next())).toBe("new");
  });

  it("are drained when the last job is answered", async () => {
    const server = await startServer();
    const { jobServers, jobs } = start([server]);
    await submit(server, "running");
    const job = await jobs.next();
    let isDrained = false;
    const drained = jobServers.drain().then(() => {
      isDrained = true;
    });
    await untilStatus(server, "host", { workers: 0 });
    expect(isDrained).toBe(false);
    job.complete();
    await drained;
    await submit(server, "for another worker");
    await untilStatus(server, "service", { total: 1, running: 0, workers: 0 });
  });

  it("are drained at once when there are none", async () => {
    await start([]).jobServers.drain();
  });
});
