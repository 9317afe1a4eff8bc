import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Core } from "../../src/demo/core.ts";
import type { DemoObject } from "../../src/demo/site/demo-object.ts";
import type { GrabbedJob } from "../../src/gearman/grabber/running-job.ts";
import { JobServer } from "../../src/gearman/job-server/job-server.ts";
import type { ServerAddress } from "../../src/gearman/server-address.ts";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { Actors, until, untilStatus } from "../support/gearman/actors.ts";
import type { Arrivals } from "../support/gearman/arrivals.ts";
import { checkLeaks } from "../support/leaks.ts";
import { stubLog } from "../support/stub-log.ts";

/** Long enough for one check of an object in a test. */
const ONCE_MS = 60_000;
const OFTEN_MS = 20;
const HOST: DemoObject = {
  host: "web1",
  service: undefined,
  commandLine: "/p/ping",
  intervalMs: ONCE_MS,
  timeout: 5,
};
/** One of Naemon's, as recorded. */
const SERVICE: DemoObject = {
  ...HOST,
  host: "h-alpha-01",
  service: "alpha db",
  commandLine: '/srv/rig/plugins/p_echo 0 "OK alpha db"',
};
const SERVICE_UNIQUE = "790DEA221B6E3B311E6185E183DDBBD5";
const ENVELOPE = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from("test")) });
const TIME = "1700000000.000000";

checkLeaks();
const actors = new Actors();
let server: ServerAddress;

beforeEach(async () => {
  const jobServer = actors.add(new JobServer());
  await jobServer.start();
  server = { host: "127.0.0.1", port: jobServer.port };
});
afterEach(() => actors.stop());

function startCore(...objects: readonly DemoObject[]) {
  const core = actors.add(new Core({ server, envelope: ENVELOPE, objects, log: stubLog() }));
  core.start();
  return core;
}

function open(job: GrabbedJob): string {
  return ENVELOPE.open(job.workload);
}

/** Times are what a test cannot know. */
function withoutTimes(text: string): string {
  return text.replace(/\d{10}\.\d{6}/g, TIME);
}

function result(fields: readonly string[]): string {
  const times = ["start_time=1700000000.000000", "finish_time=1700000000.250000"];
  return [...fields, ...times, "return_code=0", "output=OK"].join("\n");
}

async function deliver(text: string): Promise<void> {
  const client = await actors.client(server);
  await client.submit({ queue: "check_results", unique: "", workload: ENVELOPE.seal(text) });
}

/** Completes what comes. */
async function take(jobs: Arrivals<GrabbedJob>): Promise<GrabbedJob> {
  const job = await jobs.next();
  job.complete();
  return job;
}

describe("the demo's core asks for checks as Naemon's module does", () => {
  it("of a service", async () => {
    const { jobs } = actors.worker(server, ["service"]);
    startCore({ ...SERVICE, intervalMs: OFTEN_MS });
    const job = await take(jobs);
    expect(withoutTimes(open(job))).toBe(
      "type=service\nresult_queue=check_results\ntarget_queue=service\nhost_name=h-alpha-01\n" +
        `service_description=alpha db\ncore_time=${TIME}\ntimeout=5\n` +
        'command_line=/srv/rig/plugins/p_echo 0 "OK alpha db"',
    );
    expect(job.unique).toBe(SERVICE_UNIQUE);
  });

  it("of a host", async () => {
    const { jobs } = actors.worker(server, ["host"]);
    startCore({ ...HOST, intervalMs: OFTEN_MS });
    const job = await take(jobs);
    expect(withoutTimes(open(job))).toBe(
      "type=host\nresult_queue=check_results\ntarget_queue=host\nhost_name=web1\n" +
        `core_time=${TIME}\ntimeout=5\ncommand_line=/p/ping`,
    );
  });

  it("again and again, but not while the last one waits or runs", async () => {
    const core = startCore({ ...HOST, intervalMs: OFTEN_MS });
    await until(() => expect(core.submitted).toBeGreaterThan(3));
    const { jobs } = actors.worker(server, ["host"]);
    const first = await jobs.next();
    const { submitted } = core;
    await until(() => expect(core.submitted).toBeGreaterThan(submitted + 3));
    expect(jobs.all).toHaveLength(1);
    first.complete();
    await jobs.next();
    expect(jobs.all).toHaveLength(2);
  });
});

describe("the demo's core takes results", () => {
  it("of hosts and services, and knows them apart", async () => {
    const core = startCore({ ...HOST, host: "h-alpha-01" }, SERVICE);
    await deliver(
      "host_name=h-alpha-01\nservice_description=alpha db\nstart_time=1700000000.000000\nfinish_time=1700000000.250000\n" +
        "return_code=1\noutput=WARNING - gr\xc3\xb6\xc3\x9fer\\nmore",
    );
    await until(() => expect(core.results).toBe(1));
    const [host, service] = [...core.states.values()];
    expect(host).toMatchObject({ returnCode: undefined, results: 0 });
    expect(service).toEqual({
      object: SERVICE,
      returnCode: 1,
      output: "WARNING - größer\\nmore",
      took: 0.25,
      results: 1,
    });
  });

  it("of nothing it does not know, and leaves none of them in the queue", async () => {
    const core = startCore(HOST);
    await deliver(result(["host_name=gone"]));
    await deliver(result(["host_name=web1", "service_description=gone"]));
    await deliver(result(["host_name=web1"]));
    await until(() => expect(core.results).toBe(1));
    expect(core.states.size).toBe(1);
    expect([...core.states.values()]).toMatchObject([{ returnCode: 0, results: 1 }]);
    await untilStatus(server, "check_results", { total: 0 });
  });

  it("and has its event handler run each time an object turns CRITICAL", async () => {
    const { jobs } = actors.worker(server, ["eventhandler"]);
    const core = startCore({ ...HOST, eventHandler: "/e/restart web1" });
    for (const returnCode of [0, 2, 2, 2, 1, 3, 2]) {
      const { results } = core;
      await deliver(`${result(["host_name=web1"])}\nreturn_code=${returnCode}`);
      await until(() => expect(core.results).toBe(results + 1));
    }
    expect(core.events).toBe(2);
    expect(core.lastEvent?.object.host).toBe("web1");
    for (const job of await jobs.take(2)) {
      expect(withoutTimes(open(job))).toBe(
        `type=eventhandler\nstart_time=${TIME}\ncore_time=${TIME}\ncommand_line=/e/restart web1`,
      );
      job.complete();
    }
  });

  it("and has nothing run for an object without an event handler", async () => {
    const core = startCore(HOST);
    await deliver(`${result(["host_name=web1"])}\nreturn_code=2`);
    await until(() => expect(core.results).toBe(1));
    expect(core).toMatchObject({ events: 0, lastEvent: undefined });
  });
});

describe("the demo's core leaves out", () => {
  it("an object whose first check has no answer, and asks for no more of it", async () => {
    const { jobs } = actors.worker(server, ["host"]);
    const core = startCore({ ...HOST, intervalMs: OFTEN_MS }, SERVICE);
    await take(jobs);
    expect(core.leaveOut("web1", undefined)).toBe(true);
    expect([...core.states.values()].map(({ object }) => object)).toEqual([SERVICE]);
    await deliver(result(["host_name=web1"]));
    await deliver(result(["host_name=h-alpha-01", "service_description=alpha db"]));
    await until(() => expect(core.results).toBe(1));
    expect(core.leaveOut("web1", undefined)).toBe(false);
  });

  it("none that had a result", async () => {
    const core = startCore(HOST);
    await deliver(result(["host_name=web1"]));
    await until(() => expect(core.results).toBe(1));
    expect(core.leaveOut("web1", undefined)).toBe(false);
    expect(core.states.size).toBe(1);
  });
});

it("the demo's core asks for nothing after its stop", async () => {
  const core = startCore({ ...HOST, intervalMs: OFTEN_MS }, { ...SERVICE, intervalMs: OFTEN_MS });
  await until(() => expect(core.submitted).toBeGreaterThan(2));
  await core.stop();
  const { submitted } = core;
  const { jobs } = actors.worker(server, ["host", "service"]);
  for (const job of await jobs.take(2)) job.complete();
  await untilStatus(server, "host", { total: 0 });
  await untilStatus(server, "service", { total: 0 });
  expect(core.submitted).toBe(submitted);
  expect(jobs.all).toHaveLength(2);
});
