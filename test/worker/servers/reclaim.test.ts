import { afterEach, describe, expect, it } from "vitest";
import { Orphans } from "../../../src/gearman/grabber/orphans.ts";
import type { GrabbedJob } from "../../../src/gearman/grabber/running-job.ts";
import { JobServer } from "../../../src/gearman/job-server/job-server.ts";
import { Reclaims } from "../../../src/worker/servers/reclaims.ts";
import { freePort } from "../../support/free-port.ts";
import { Actors, textOf, untilStatus } from "../../support/gearman/actors.ts";
import { Arrivals } from "../../support/gearman/arrivals.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { stubLog } from "../../support/stub-log.ts";

const HOST = "127.0.0.1";

checkLeaks();
const actors = new Actors();
afterEach(() => actors.stop());

/** `lost`: texts of jobs that ended while the connection to the job server was lost. */
async function start(lost: readonly string[], queue = "service") {
  const server = actors.add(new JobServer());
  await server.start();
  const address = { host: HOST, port: server.port };
  const client = await actors.client(address);
  const orphans = keptAnswers(`${HOST}:${server.port}`, lost);
  const jobs = new Arrivals<GrabbedJob>();
  const reclaims = actors.add(new Reclaims({ orphans, log: stubLog(), onJob: jobs.push }));
  reclaims.configure({
    servers: [address],
    timing: {},
    grabIntervalMs: 0,
    queues: [queue],
    statusQueue: "worker_gw",
  });
  const submit = (text: string) => client.submit({ queue, unique: "", workload: Buffer.from(text) });
  return { address, reclaims, orphans, jobs, submit };
}

function keptAnswers(server: string, texts: readonly string[]): Orphans {
  const orphans = new Orphans({ log: stubLog() });
  const assigned = { queue: "service", unique: "", server };
  for (const text of texts) {
    const handle = `H:lost:${text}`;
    const answer = { type: "WORK_COMPLETE", data: Buffer.alloc(0) } as const;
    orphans.remember({ ...assigned, handle, workload: Buffer.from(text), answer });
  }
  return orphans;
}

describe("jobs that were lost with a connection", () => {
  it("are not asked for before the worker ends, nor if there are none", async () => {
    const { address, reclaims, submit } = await start([]);
    await submit("new");
    reclaims.update();
    reclaims.start();
    await reclaims.settle();
    await untilStatus(address, "service", { total: 1, running: 0, workers: 0 });
  });

  it("are given up when the queue has none of them", async () => {
    const { address, reclaims, jobs } = await start(["gone"]);
    reclaims.start();
    await reclaims.settle();
    expect(jobs.all).toEqual([]);
    await untilStatus(address, "service", { workers: 0 });
  });

  it("are asked for no more when another job comes, which is handed over and waited for", async () => {
    const { address, reclaims, jobs, submit } = await start(["lost", "lost too"]);
    await submit("new");
    await submit("newer");
    reclaims.start();
    const job = await jobs.next();
    expect(textOf(job)).toBe("new");
    let isSettled = false;
    const settled = reclaims.settle().then(() => {
      isSettled = true;
    });
    await untilStatus(address, "service", { total: 2, running: 1 });
    expect(isSettled).toBe(false);
    job.complete();
    await settled;
    await untilStatus(address, "service", { total: 1, running: 0, workers: 0 });
  });

  it("are given up when the job server is not back", async () => {
    const port = await freePort();
    const orphans = keptAnswers(`${HOST}:${port}`, ["lost"]);
    const reclaims = actors.add(new Reclaims({ orphans, log: stubLog(), onJob: () => {} }));
    reclaims.configure({
      servers: [{ host: HOST, port }],
      timing: {},
      grabIntervalMs: 0,
      queues: [],
      statusQueue: "",
    });
    reclaims.start();
    await reclaims.settle();
  });

  it("are not asked for at a job server that is not in the configuration any more", async () => {
    const { address, reclaims, submit } = await start(["lost"]);
    await submit("lost");
    reclaims.configure({ servers: [], timing: {}, grabIntervalMs: 0, queues: [], statusQueue: "" });
    reclaims.start();
    await reclaims.settle();
    await untilStatus(address, "service", { total: 1, running: 0, workers: 0 });
  });
});
