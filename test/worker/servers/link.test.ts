import { afterEach, describe, expect, it } from "vitest";
import { Orphans } from "../../../src/gearman/grabber/orphans.ts";
import type { GrabbedJob } from "../../../src/gearman/grabber/running-job.ts";
import { JobServer } from "../../../src/gearman/job-server/job-server.ts";
import { Link, type LinkOptions } from "../../../src/worker/servers/link.ts";
import { freePort } from "../../support/free-port.ts";
import { Actors, textOf, until, untilStatus } from "../../support/gearman/actors.ts";
import { Arrivals } from "../../support/gearman/arrivals.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { stubLog } from "../../support/stub-log.ts";

const HOST = "127.0.0.1";

checkLeaks();
const actors = new Actors();
afterEach(() => actors.stop());

function startLink(port: number, options: Partial<LinkOptions> = {}) {
  const log = stubLog();
  const jobs = new Arrivals<GrabbedJob>();
  const link = actors.add(
    new Link({
      server: { host: HOST, port },
      queues: ["service"],
      statusQueue: "worker_gw",
      log,
      timing: {},
      grabIntervalMs: 0,
      orphans: new Orphans({ log }),
      room: () => 10,
      onRoomLeft: () => {},
      onJob: jobs.push,
      renderStatus: () => "busy",
      onResultsOpen: () => {},
      onState: () => {},
      ...options,
    }),
  );
  link.start();
  return { link, jobs, log };
}

async function start(options: Partial<LinkOptions> = {}) {
  const server = actors.add(new JobServer());
  await server.start();
  const address = { host: HOST, port: server.port };
  const client = await actors.client(address);
  const submit = (queue: string, text = "") =>
    client.submit({ queue, unique: "", workload: Buffer.from(text) });
  return { ...startLink(server.port, options), address, client, submit };
}

describe("a link", () => {
  it("asks for room in its own name, and takes jobs when it is woken", async () => {
    let room = 0;
    const asking: Link[] = [];
    const { link, jobs, submit } = await start({
      room: (each) => {
        asking.push(each);
        return room;
      },
    });
    await submit("service", "patient");
    await until(() => expect(asking.length).toBeGreaterThan(0));
    expect(link.expectedJobs).toBe(0);
    room = 1;
    link.wake();
    expect(textOf(await jobs.next())).toBe("patient");
    expect(new Set(asking)).toEqual(new Set([link]));
    expect(link.status).toMatchObject({ isConnected: true, jobsInFlight: 1 });
  });

  it("answers its status queue although it has no room", async () => {
    const { client } = await start({ room: () => 0 });
    const asked = { queue: "worker_gw", unique: "", workload: Buffer.alloc(0) };
    expect((await client.request(asked, { timeoutMs: 5_000 })).toString()).toBe("busy");
  });

  it("submits results", async () => {
    const open = Promise.withResolvers<void>();
    const { link, address } = await start({ onResultsOpen: open.resolve });
    await open.promise;
    await link.results.submit({ queue: "check_results", unique: "", workload: Buffer.from("a") });
    await untilStatus(address, "check_results", { total: 1 });
  });

  it("that is retired is drained when its last job is answered, and takes no more", async () => {
    const { link, jobs, address, submit } = await start();
    await submit("service", "running");
    const job = await jobs.next();
    link.retire();
    await untilStatus(address, "worker_gw", { workers: 0 });
    await submit("service", "for another");
    expect(await Promise.race([link.drained.then(() => "drained"), "running"])).toBe("running");
    job.complete();
    await link.drained;
    await untilStatus(address, "service", { total: 1, running: 0, workers: 0 });
    expect(jobs.all).toHaveLength(1);
  });

  it("that never had a connection is drained at once", async () => {
    const { link } = startLink(await freePort());
    link.retire();
    await link.drained;
  });

  it("keeps the troubles of its status connection out of the log", async () => {
    const { log } = startLink(await freePort());
    const cannotConnect = [expect.anything(), "cannot connect to the job server"];
    await until(() => expect(log.debug.mock.calls).toContainEqual(cannotConnect));
    // One for the jobs and for the results together.
    await until(() => expect(log.warn.mock.calls).toEqual([cannotConnect]));
  });
});
