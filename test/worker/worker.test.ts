import { afterEach, describe, expect, it, vi } from "vitest";
import { defineCheck } from "../../sdk/index.ts";
import { thisMachine } from "../../src/config/machine.ts";
import { readStatus } from "../../src/gearman/admin.ts";
import { JobServer } from "../../src/gearman/job-server/job-server.ts";
import { encodePacket } from "../../src/gearman/packet.ts";
import type { ServerAddress } from "../../src/gearman/server-address.ts";
import { loadConfig } from "../../src/index.ts";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { readLines } from "../../src/payload/lines.ts";
import { Worker } from "../../src/worker/worker.ts";
import type { WorkerListener } from "../../src/worker/worker-events.ts";
import { createFolder } from "../support/folder.ts";
import { freePort } from "../support/free-port.ts";
import { Actors, until, untilStatus } from "../support/gearman/actors.ts";
import { Cable } from "../support/gearman/cable.ts";
import { type SilentServer, startSilentServer } from "../support/gearman/silent-server.ts";
import { checkLeaks } from "../support/leaks.ts";
import { stubLog } from "../support/stub-log.ts";

const GRAB = encodePacket({ type: "GRAB_JOB_UNIQ" }).toString("latin1");
const SUBMIT_HEAD = encodePacket({
  type: "SUBMIT_JOB_BG",
  queue: "",
  unique: "",
  workload: Buffer.alloc(0),
}).subarray(0, 8);
const CLEAR = createEnvelope({ encryption: false });
const HOST = "127.0.0.1";

checkLeaks();
const actors = new Actors();
afterEach(async () => {
  await actors.stop();
  vi.unstubAllEnvs();
});

function readConfig(servers: readonly ServerAddress[], ...options: readonly string[]) {
  const given = [
    ...servers.map(({ host, port }) => `server=${host}:${port}`),
    "encryption=no",
    "services=yes",
    ...options,
  ];
  const loaded = loadConfig(given, { ...thisMachine(), env: {} });
  if (loaded.wants !== "run") throw new Error("no run");
  return loaded.config;
}

/** Answered in the process: `check_gate` waits until the gate is opened, and counts how often it ran. */
function createGate() {
  const opened = Promise.withResolvers<void>();
  const gate = { runs: 0, open: () => opened.resolve() };
  const check = defineCheck({
    name: "check_gate",
    summary: "",
    options: {},
    async run() {
      gate.runs += 1;
      await opened.promise;
      return { returnCode: 0, output: "" };
    },
  });
  return Object.assign(gate, { check });
}

async function startWorker(
  servers: readonly ServerAddress[],
  options: readonly string[] = [],
  gate = createGate(),
  listener: WorkerListener = {},
) {
  vi.stubEnv("LC_ALL", "C");
  const log = stubLog();
  const config = readConfig(servers, ...options);
  const ran: string[] = [];
  const worker = new Worker({
    config,
    checks: [gate.check],
    log,
    version: "1",
    hostName: "here",
    listeners: [{ ran: ({ job }) => ran.push(job.serviceDescription ?? "") }, listener],
  });
  actors.add({
    stop: async () => {
      gate.open();
      worker.kill();
      await worker.stop();
    },
  });
  await worker.start();
  return { worker, log, gate, ran };
}

async function startServer(port = 0): Promise<ServerAddress> {
  const server = actors.add(new JobServer({ port }));
  await server.start();
  return { host: HOST, port: server.port };
}

async function startCable(target: ServerAddress): Promise<Cable> {
  return actors.add(await new Cable(target).start());
}

/** Puts services into the queue, each a run of `check_gate`. */
async function submit(server: ServerAddress, ...services: readonly string[]): Promise<void> {
  const client = await actors.client(server);
  await Promise.all(
    services.map((service) => {
      const fields = [
        "type=service",
        "result_queue=check_results",
        "host_name=host",
        `service_description=${service}`,
        "command_line=/nowhere/check_gate",
      ];
      return client.submit({ queue: "service", unique: "", workload: CLEAR.seal(fields.join("\n")) });
    }),
  );
}

/** The services whose results are or come to the server. */
async function results(
  server: ServerAddress,
  count: number,
  queue = "check_results",
): Promise<readonly string[]> {
  const { jobs } = actors.worker(server, [queue]);
  const taken = await jobs.take(count);
  for (const job of taken) job.complete();
  return taken.map((job) => readLines(CLEAR.open(job.workload)).get("service_description") ?? "");
}

const status = untilStatus;

describe("a worker with one slot", () => {
  it("serves each of its job servers", async () => {
    const servers = [await startServer(), await startServer()];
    const { gate } = await startWorker(servers, ["max-worker=1"]);
    gate.open();
    for (const server of servers) await status(server, "service", { workers: 1 });
    for (const server of servers.toReversed()) {
      await submit(server, "one");
      expect(await results(server, 1)).toEqual(["one"]);
    }
  });

  it("does not let one of them starve while another has more jobs than it can do", async () => {
    const [busy, other] = [await startServer(), await startServer()];
    const { gate, ran } = await startWorker([busy, other], ["max-worker=1"]);
    for (const server of [busy, other]) await status(server, "service", { workers: 1 });
    await submit(busy, ...Array.from({ length: 20 }, (_, i) => `busy ${i}`));
    await until(() => expect(gate.runs).toBe(1));
    await submit(other, "one", "two");
    gate.open();
    await until(() => expect(ran).toHaveLength(22));
    expect(ran.slice(0, 6)).toContain("two");
  });

  it("serves one job server when the other goes away that was just asked", async () => {
    const silent = await startSilentServer();
    const server = await startServer();
    const { gate } = await startWorker([silent.address, server], ["max-worker=1"]);
    gate.open();
    await untilGrabs(silent, 2);
    await submit(server, "one");
    await silent.stop();
    expect(await results(server, 1)).toEqual(["one"]);
  });

  it("serves one job server while the other hangs that was just asked", async () => {
    const silent = actors.add(await startSilentServer());
    const server = await startServer();
    const { worker, gate } = await startWorker([silent.address, server], ["max-worker=1"]);
    gate.open();
    await untilGrabs(silent, 2);
    await submit(server, "one");
    expect(await results(server, 1)).toEqual(["one"]);
    expect(worker.status().jobServers[0]).toMatchObject({ isConnected: true, outstandingGrabs: 1 });
  });
});

describe("a drained worker", () => {
  it("finishes and delivers what is under way, and takes no more jobs until it goes on", async () => {
    const server = await startServer();
    const { worker, gate, ran } = await startWorker([server]);
    await status(server, "service", { workers: 1 });
    await submit(server, "one");
    await until(() => expect(gate.runs).toBe(1));
    expect(worker.drain()).toBe(true);
    expect(worker.status().state).toBe("drained");
    await submit(server, "two");
    gate.open();
    await status(server, "check_results", { total: 1 });
    await status(server, "service", { workers: 0, total: 1, running: 0 });
    expect(worker.status().jobServers).toEqual([]);
    expect(ran).toEqual(["one"]);
    expect(worker.resume()).toBe(true);
    expect(await results(server, 2)).toEqual(["one", "two"]);
  });

  it("uses a new configuration when it goes on", async () => {
    const [server, other] = [await startServer(), await startServer()];
    const { worker, gate } = await startWorker([server]);
    gate.open();
    worker.drain();
    worker.reload(readConfig([other]));
    await submit(other, "one");
    worker.resume();
    expect(await results(other, 1)).toEqual(["one"]);
  });

  it("is one that was open, and stops as any other", async () => {
    const { worker } = await startWorker([await startServer()]);
    expect(worker.resume()).toBe(false);
    expect([worker.drain(), worker.drain()]).toEqual([true, false]);
    expect(await worker.stop()).toBe(true);
    expect([worker.drain(), worker.resume(), worker.status().state]).toEqual([false, false, "stopped"]);
  });
});

it("a worker that is stopped while it starts takes no job, and leaves nothing", async () => {
  const server = await startServer();
  await submit(server, "one");
  const gate = createGate();
  const config = readConfig([server]);
  const worker = new Worker({ config, checks: [gate.check], log: stubLog(), version: "1", hostName: "here" });
  const started = worker.start();
  worker.reload(readConfig([server], "hosts=yes"));
  expect(await worker.stop()).toBe(true);
  await started;
  expect(gate.runs).toBe(0);
});

it("a worker that is stopped while its grab is under way hears the answer, and ends", async () => {
  const server = actors.add(await startSilentServer());
  const { worker } = await startWorker([server.address]);
  // One for the jobs, one for the status queue.
  await untilGrabs(server, 2);
  const stopped = worker.stop();
  setImmediate(() => server.say(encodePacket({ type: "NO_JOB" }, "response")));
  expect(await stopped).toBe(true);
});

it("a worker that is stopped while its job server hangs ends all the same", async () => {
  const server = actors.add(await startSilentServer());
  const { worker } = await startWorker([server.address], ["shutdown_timeout=3600"]);
  await untilGrabs(server, 2);
  expect(await worker.stop()).toBe(true);
});

it("a worker whose outbox is full of one job server's results takes no more of its jobs, but those of others", async () => {
  const most = 5_000;
  const [server, other] = [await startServer(), await startServer()];
  const cable = await startCable(server);
  const { gate } = await startWorker([cable.address, other], ["min-worker=100", "max-worker=100"]);
  gate.open();
  cable.hold((chunk) => chunk.subarray(0, SUBMIT_HEAD.length).equals(SUBMIT_HEAD));
  await submit(server, ...Array.from({ length: most + 200 }, (_, i) => `${i}`));
  await until(async () => {
    const { runs } = gate;
    expect(runs).toBeGreaterThanOrEqual(most);
    await readStatus(server);
    expect(gate.runs, "jobs still come").toBe(runs);
  });
  await submit(other, "of another");
  expect(await results(other, 1)).toEqual(["of another"]);
  cable.release();
  expect(await results(server, most + 200)).toHaveLength(most + 200);
});

it("a worker whose undelivered results fill their share of the memory takes no more jobs until they are delivered", async () => {
  // The least share is 8 MiB.
  const memory = vi.spyOn(process, "constrainedMemory").mockReturnValue(1);
  const server = await startServer();
  const cable = await startCable(server);
  const { worker, gate } = await startWorker([cable.address], ["min-worker=20", "max-worker=20"]);
  memory.mockRestore();
  gate.open();
  cable.hold((chunk) => chunk.subarray(0, SUBMIT_HEAD.length).equals(SUBMIT_HEAD));
  const most = 400;
  await submit(server, ...Array.from({ length: most }, (_, i) => `${i}`.padStart(30_000, "x")));
  await until(async () => {
    const { runs } = gate;
    expect(worker.status().outbox.size).toBe(runs);
    await readStatus(server);
    expect(gate.runs, "jobs still come").toBe(runs);
    expect(runs * 30_000).toBeGreaterThan(5 * 2 ** 20);
  });
  expect(gate.runs).toBeLessThan(most - 50);
  cable.release();
  expect(await results(server, most)).toHaveLength(most);
});

it("a worker whose result_spool is full takes no more jobs until results are delivered", async () => {
  using folder = createFolder();
  const server = await startServer();
  const cable = await startCable(server);
  const spool = [`result_spool=${folder.path}/spool`, "result_spool_max_size=1"];
  const { worker, gate } = await startWorker([cable.address], [...spool, "min-worker=50", "max-worker=50"]);
  gate.open();
  cable.hold((chunk) => chunk.subarray(0, SUBMIT_HEAD.length).equals(SUBMIT_HEAD));
  const most = 1_500;
  // A result of such a name needs more than a KiB.
  await submit(server, ...Array.from({ length: most }, (_, i) => `${i}`.padStart(1_000, "x")));
  await until(async () => {
    const { runs } = gate;
    expect(worker.status().outbox.spool?.results).toBe(runs);
    await readStatus(server);
    expect(gate.runs, "jobs still come").toBe(runs);
    expect(runs).toBeGreaterThan(300);
  });
  expect(gate.runs).toBeLessThan(1_100);
  cable.release();
  expect(await results(server, most)).toHaveLength(most);
  await until(() => expect(worker.status().outbox.spool).toMatchObject({ results: 0, bytes: 0 }));
});

describe("a reload of the queues while a job runs", () => {
  const reloads = (cable: Cable) => ({
    before: readConfig([cable.address]),
    after: readConfig([cable.address], "hosts=yes"),
  });

  it.each(["before", "after"])("and %s its connection is cut does not have it run twice", async (when) => {
    const server = await startServer();
    const cable = await startCable(server);
    const { worker, gate } = await startWorker([cable.address]);
    await submit(server, "one");
    await until(() => expect(gate.runs).toBe(1));
    if (when === "before") {
      worker.reload(reloads(cable).after);
      await status(server, "host", { workers: 1 });
    }
    cable.cut();
    await status(server, "service", { total: 1, running: 0, workers: 0 });
    if (when === "after") worker.reload(reloads(cable).after);
    cable.mend();
    await status(server, "service", { total: 1, running: 1 });
    gate.open();
    expect(await results(server, 1)).toEqual(["one"]);
    await status(server, "service", { total: 0 });
    expect(gate.runs).toBe(1);
  });
});

it("a result goes to the job server its job came from, though that is configured no more", async () => {
  const [before, after] = [await startServer(), await startServer()];
  const { worker, gate } = await startWorker([before]);
  await submit(before, "one");
  await until(() => expect(gate.runs).toBe(1));
  worker.reload(readConfig([after]));
  await status(after, "service", { workers: 1 });
  gate.open();
  expect(await results(before, 1)).toEqual(["one"]);
  await status(before, "service", { total: 0, workers: 0 });
});

describe("a reload of the dupservers", () => {
  it("keeps the copies for one that stays, and the connections to the job servers", async () => {
    const server = await startServer();
    const cable = await startCable(server);
    const away = { host: HOST, port: await freePort() };
    const dupserver = `dupserver=${away.host}:${away.port}`;
    const { worker, gate } = await startWorker([cable.address], [dupserver]);
    gate.open();
    await submit(server, "one");
    expect(await results(server, 1)).toEqual(["one"]);
    const { connections } = cable;
    worker.reload(readConfig([cable.address], dupserver, `dupserver=${HOST}:${await freePort()}`));
    await startServer(away.port);
    expect(await results(away, 1)).toEqual(["one"]);
    expect(cable.connections).toBe(connections);
  });
});

describe("the status of a worker", () => {
  it("tells in one frozen snapshot what the worker does", async () => {
    const server = await startServer();
    const away = `${HOST}:${await freePort()}`;
    const { worker, gate } = await startWorker(
      [server],
      [`dupserver=${away}`, "identifier=gw", "max-worker=7"],
    );
    await submit(server, "one");
    await until(() => expect(gate.runs).toBe(1));
    const now = Date.now() / 1000;
    const { since, jobs, executor, ...rest } = worker.status();
    expect(now - since).toBeGreaterThanOrEqual(0);
    expect(now - since).toBeLessThan(60);
    const name = `${HOST}:${server.port}`;
    expect(jobs).toEqual({
      taken: 1,
      done: 0,
      orphaned: 0,
      inFlight: [
        {
          queue: "service",
          server: name,
          age: expect.any(Number),
          type: "service",
          hostName: "host",
          serviceDescription: "one",
        },
      ],
    });
    expect(executor).toEqual({ shells: { busy: 0, idle: 1 }, templates: 0 });
    expect(rest).toEqual({
      identifier: "gw",
      version: "1",
      hostName: "here",
      state: "open",
      lastReload: undefined,
      certificates: [],
      slots: { size: 1, busy: 1, min: 1, max: 7 },
      recent: { unusable: [], leastLatency: undefined },
      outbox: { size: 0, oldestAge: 0 },
      jobServers: [
        { name, isConnected: true, isSilent: false, isRetired: false, jobsInFlight: 1, outstandingGrabs: 0 },
      ],
      dupservers: [{ name: away, isConnected: false, waiting: 0, limit: 1_000 }],
      native: { shared: [], waits: {}, setAside: [] },
      shadow: { share: 0, since: undefined, checks: {} },
    });
    gate.open();
    expect(await results(server, 1)).toEqual(["one"]);
    await until(() => expect(worker.status().jobs).toMatchObject({ taken: 1, done: 1, inFlight: [] }));
    expect(worker.status().dupservers[0]?.waiting).toBe(1);
  });

  it("cannot be changed, nor changes what it was taken from", async () => {
    const server = await startServer();
    const { worker } = await startWorker([server]);
    const before = worker.status();
    expect(Object.isFrozen(before) && Object.isFrozen(before.jobServers[0])).toBe(true);
    worker.reload(readConfig([server], "max-worker=9"));
    expect(worker.status().slots.max).toBe(9);
    expect(before.slots.max).not.toBe(9);
  });

  it("names what the last reload has changed", async () => {
    const server = await startServer();
    const { worker } = await startWorker([server]);
    const changed = worker.reload(readConfig([server], "timeout_return=1"));
    expect(worker.status().lastReload).toEqual({ time: expect.any(Number), changed });
    expect(changed.live).toEqual(["timeout_return"]);
  });
});

it("a worker tells its listeners what happens, in order", async () => {
  const server = await startServer();
  const heard: string[] = [];
  const gate = createGate();
  gate.open();
  const name = `${HOST}:${server.port}`;
  const { worker } = await startWorker([server], [], gate, {
    connected: (jobServer) => heard.push(`connected ${jobServer}`),
    unreadable: ({ queue }) => heard.push(`unreadable ${queue}`),
    ran: ({ job, ran, queue }) => heard.push(`ran ${job.serviceDescription} of ${queue} ${ran.via}`),
    delivered: ({ serviceDescription }) => heard.push(`delivered ${serviceDescription}`),
    reloaded: ({ live }) => heard.push(`reloaded ${live}`),
  });
  await submit(server, "one");
  await until(() =>
    expect(heard).toEqual([`connected ${name}`, "ran one of service native", "delivered one"]),
  );
  const client = await actors.client(server);
  await client.submit({ queue: "service", unique: "", workload: Buffer.from("junk") });
  await until(() => expect(heard.at(-1)).toBe("unreadable service"));
  worker.reload(readConfig([server], "timeout_return=1"));
  expect(heard.at(-1)).toBe("reloaded timeout_return");
});

async function untilGrabs(server: SilentServer, count: number): Promise<void> {
  while (server.received.split(GRAB).length <= count) await server.heard();
}
