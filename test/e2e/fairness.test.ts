import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createFolder, writeGate } from "../support/folder.ts";
import { freePort } from "../support/free-port.ts";
import { Actors, untilStatus } from "../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const SLOTS = ["min-worker=3", "max-worker=3", "native_checks=off"];
const numbered = (count: number, what: string) => Array.from({ length: count }, (_, at) => `${what}${at}`);

describe.skipIf(!hasServer("gearmand"))("a queue with a limit, full of plugins that do not end", () => {
  let gearmand: Gearmand;
  const actors = new Actors();
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterEach(() => actors.stop());
  afterAll(() => gearmand?.stop());

  const server = () => ({ host: "127.0.0.1", port: gearmand.port });

  it("does not keep host checks from their slots, and leaves its jobs to other workers", async () => {
    using folder = createFolder();
    const gate = writeGate(folder.path);
    await using core = new Core({ port: gearmand.port, resultQueue: "full" });
    const slow = numbered(100, "slow");
    const answer = { result_queue: "full" };
    await core.submit("hostgroup_full", ...slow.map((name) => serviceJob(name, gate.plugin(name), answer)));
    const metrics = `127.0.0.1:${await freePort()}`;
    const limit = ["queue_max_worker=hostgroup_full:2", `prometheus_server=${metrics}`];
    const args = ["hosts=yes", "hostgroups=full", ...limit, ...SLOTS];
    await using _worker = await startWorker([gearmand.port], args);
    await gate.entered(2);

    const hosts = numbered(200, "host");
    await core.submit("host", ...hosts.map((name) => serviceJob(name, "/bin/true", answer)));
    await core.collected(hosts.length);
    expect(core.services).toEqual(hosts.toSorted());
    await untilStatus(server(), "hostgroup_full", { total: slow.length, running: 2, workers: 1 });
    expect(gate.entries().length).toBe(2);
    const told = await (await fetch(`http://${metrics}/metrics`)).text();
    expect(told).toMatch(/^gearman_worker_jobs_limit\{queue="hostgroup_full"\} 2$/m);
    expect(told).toMatch(/^gearman_worker_jobs_in_flight\{queue="hostgroup_full"\} 2$/m);

    const { jobs } = actors.worker(server(), ["hostgroup_full"]);
    const taken = await jobs.take(slow.length - 2);
    for (const job of taken) job.complete();
    gate.open();
    await core.collected(hosts.length + 2);
    expect(new Set(core.services).size).toBe(hosts.length + 2);
    await untilStatus(server(), "hostgroup_full", { total: 0 });
  });

  it("gets another limit, and its first one, by a reload; no job is run twice", async () => {
    using folder = createFolder();
    const gate = writeGate(folder.path);
    const file = join(folder.path, "worker.conf");
    const configure = (limit: string) => writeFileSync(file, `hostgroups=other,live\n${limit}\n`);
    configure("queue_max_worker=hostgroup_other:1");
    await using core = new Core({ port: gearmand.port, resultQueue: "live" });
    await using worker = await startWorker([gearmand.port], [`config=${file}`, ...SLOTS]);
    const submit = (...names: readonly string[]) => {
      const jobs = names.map((name) => serviceJob(name, gate.plugin(name), { result_queue: "live" }));
      return core.submit("hostgroup_live", ...jobs);
    };
    await submit("a");
    await gate.entered(1);

    configure("queue_max_worker=hostgroup_live:1");
    worker.signal("SIGHUP");
    await worker.logged("queue_max_worker");
    await submit("b", "c", "d");
    await core.submit("hostgroup_other", serviceJob("other", "/bin/true", { result_queue: "live" }));
    await core.collected(1);
    expect(gate.entries()).toEqual(["a"]);

    configure("queue_max_worker=hostgroup_live:2");
    worker.signal("SIGHUP");
    await gate.entered(2);
    gate.open();
    await core.collected(5);
    expect(core.services).toEqual(["a", "b", "c", "d", "other"]);
    expect(gate.entries().toSorted()).toEqual(["a", "b", "c", "d"]);
    await untilStatus(server(), "hostgroup_live", { total: 0 });
  });
});

/** A listener that takes connections and says nothing until it is told to. */
async function startMute(host: string) {
  const open = new Set<Socket>();
  const seen = { connections: 0 };
  let isMute = true;
  const server = createServer((socket) => {
    open.add(socket);
    seen.connections += 1;
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    if (!isMute) socket.end("hello");
  });
  server.listen(0, host);
  await once(server, "listening");
  return {
    seen,
    plugin: `/no/such/folder/check_tcp -H ${host} -p ${(server.address() as AddressInfo).port} -e hello -t 600`,
    connected: (count: number) =>
      vi.waitFor(() => expect(seen.connections).toBeGreaterThanOrEqual(count), { timeout: 30_000 }),
    speak() {
      isMute = false;
      for (const socket of open) socket.end("hello");
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

describe.skipIf(!hasServer("gearmand"))("a target that does not answer, and has many checks", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  it("has no more than its share of the slots, and the checks of another target all finish", async () => {
    await using dead = await startMute("127.0.0.2");
    await using alive = await startMute("127.0.0.3");
    alive.speak();
    await using core = new Core({ port: gearmand.port });
    const args = ["services=yes", "native_target_max=2", "min-worker=4", "max-worker=4"];
    await using _worker = await startWorker([gearmand.port], args);
    const submit = (names: readonly string[], plugin: string) =>
      core.submit("service", ...names.map((name) => serviceJob(name, plugin, { timeout: 600 })));

    const held = numbered(500, "held");
    await submit(held, dead.plugin);
    await dead.connected(2);
    const quick = numbered(200, "quick");
    await submit(quick, alive.plugin);
    await core.collected(quick.length);
    expect(core.services).toEqual(quick.toSorted());
    expect(dead.seen).toEqual({ connections: 2 });

    dead.speak();
    await core.collected(quick.length + held.length);
    expect(new Set(core.results.map(({ fields }) => fields.get("return_code")))).toEqual(new Set(["0"]));
    expect(dead.seen).toEqual({ connections: held.length });
  });

  it("has each check answered in the time of its job, also those that never had their turn", async () => {
    await using dead = await startMute("127.0.0.2");
    await using core = new Core({ port: gearmand.port, resultQueue: "late" });
    const args = ["hostgroups=late", "native_target_max=1", "min-worker=4", "max-worker=4"];
    await using _worker = await startWorker([gearmand.port], args);
    const submit = (timeout: number, ...names: readonly string[]) => {
      const more = { timeout, result_queue: "late" };
      return core.submit("hostgroup_late", ...names.map((name) => serviceJob(name, dead.plugin, more)));
    };
    await submit(600, "first");
    await dead.connected(1);
    const late = numbered(10, "late");
    await submit(1, ...late);
    await core.collected(late.length);
    expect(core.services).toEqual(late.toSorted());
    for (const { fields } of core.results) expect(fields.get("output")).toContain("Timed Out On Worker");
    expect(dead.seen.connections).toBe(1);
    dead.speak();
    await core.collected(late.length + 1);
  });
});
