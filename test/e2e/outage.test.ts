import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { createFolder, writeBook, writeGate } from "../support/folder.ts";
import { freePort } from "../support/free-port.ts";
import { untilStatus } from "../support/gearman/actors.ts";
import { Cable } from "../support/gearman/cable.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { startSilentServer } from "../support/gearman/silent-server.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const RUNNING = 40;
const JOBS = 2_000;
const PATIENCE = { timeout: 45_000, interval: 20 };
/** What a core may demand of a worker when its gearmand is back. */
const BACK_WITHIN_MS = 2_000;

describe.skipIf(!hasServer("gearmand"))("a gearmand that dies", () => {
  it("with 2,000 jobs gets the results of the 40 that ran when it is back, and each was run once", async () => {
    await using server = await start();
    using folder = createFolder();
    const gate = writeGate(folder.path);
    await using core = new Core({ port: server.port });
    await using worker = await startWorker([server.port], ["services=yes", ...slots(RUNNING)]);
    await core.submit("service", ...names(JOBS).map((name) => serviceJob(name, gate.plugin(name))));
    await gate.entered(RUNNING);
    const running = gate.entries().toSorted();

    await server.crash();
    await worker.logged("failures=5"); // it waits as long as it ever does between two attempts
    await server.restart();
    await expectRegistered(server.port);
    gate.open();
    await core.collected(RUNNING);
    expect(core.services).toEqual(running);
    expect(gate.entries().toSorted()).toEqual(running);

    await core.submit("service", serviceJob("next", "/bin/echo next"));
    await core.collected(RUNNING + 1);
    await untilStatus(server.address, "service", { total: 0 });
  });

  it("and keeps its jobs on disk loses no result of 2,000, and has no job run twice", async () => {
    using folder = createFolder("/dev/shm"); // in memory: it is gearmand that dies, not the machine
    const queue = ["--queue-type=libsqlite3", `--libsqlite3-db=${join(folder.path, "queue.db")}`];
    await using server = await start(queue);
    const book = writeBook(folder.path);
    await using core = new Core({ port: server.port });
    await using _worker = await startWorker([server.port], ["services=yes", ...slots(RUNNING)]);
    await core.submit("service", ...names(JOBS).map((name) => serviceJob(name, book.plugin(name))));
    await core.collected(JOBS / 4);

    await server.crash();
    await server.restart();
    await expectRegistered(server.port);
    // A result whose receipt was lost is sent again: the core may get it twice, though its job was run once.
    await vi.waitFor(() => expect(new Set(core.services).size).toBe(JOBS), PATIENCE);
    expect(book.entries().toSorted()).toEqual(names(JOBS));
    await untilStatus(server.address, "service", { total: 0 });
  });

  it("while the worker ends gets the results all the same, if it is back in time", async () => {
    await using server = await start();
    using folder = createFolder();
    const gate = writeGate(folder.path);
    await using core = new Core({ port: server.port });
    await using worker = await startWorker([server.port], ["services=yes"]);
    await core.submit("service", serviceJob("late", gate.plugin("late")));
    await gate.entered(1);
    await server.crash();
    gate.open();
    await worker.logged("service job done: host - late");
    worker.signal("SIGTERM");
    await worker.logged("got SIGTERM, finishing 1 running jobs");
    await server.restart();
    expect((await worker.untilEnded()).exitCode).toBe(0);
    await core.collected(1);
    expect(core.services).toEqual(["late"]);
    expect(gate.entries()).toEqual(["late"]);
  });

  it("and keeps its jobs on disk has those completed whose results it gets while the worker ends", async () => {
    using folder = createFolder("/dev/shm"); // in memory: it is gearmand that dies, not the machine
    await using server = await start(["--queue-type=libsqlite3", `--libsqlite3-db=${folder.path}/queue.db`]);
    const gate = writeGate(folder.path);
    await using core = new Core({ port: server.port });
    await using worker = await startWorker([server.port], ["services=yes", ...slots(RUNNING)]);
    await core.submit("service", ...names(RUNNING).map((name) => serviceJob(name, gate.plugin(name))));
    await gate.entered(RUNNING);
    await server.crash();
    gate.open();
    await worker.logged("service job done", RUNNING);
    worker.signal("SIGTERM");
    await worker.logged(`got SIGTERM, finishing ${RUNNING} running jobs`);
    await server.restart();
    expect((await worker.untilEnded()).exitCode).toBe(0);
    await core.collected(RUNNING);
    await untilStatus(server.address, "service", { total: 0 });
    expect(gate.entries().toSorted()).toEqual(names(RUNNING));
  });

  it("has its results go to another job server, and is served again when it is back", async () => {
    await using dying = await start();
    await using living = await start();
    using folder = createFolder();
    const gate = writeGate(folder.path);
    await using first = new Core({ port: dying.port });
    await using second = new Core({ port: living.port });
    await using worker = await startWorker([dying.port, living.port], ["services=yes", ...slots(10)]);
    await first.submit("service", ...names(5).map((name) => serviceJob(name, gate.plugin(name))));
    await second.submit("service", serviceJob("own", "/bin/echo own"));
    await gate.entered(5);
    await second.collected(1);
    await dying.crash();
    await worker.logged(`lost the connection to the job server (server=127.0.0.1:${dying.port}`);
    gate.open();
    await second.collected(6);
    expect(second.services).toEqual([...names(5), "own"].toSorted());
    expect(gate.entries().toSorted()).toEqual(names(5));

    await dying.restart();
    await expectRegistered(dying.port);
    await first.submit("service", serviceJob("back", "/bin/echo back"));
    await vi.waitFor(() => expect([...first.services, ...second.services]).toContain("back"), PATIENCE);
  });
});

describe.skipIf(!hasServer("gearmand"))("a connection that breaks while a job runs", () => {
  async function startBehindCable() {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(createFolder());
    const server = stack.use(await start());
    const cable = stack.adopt(await new Cable(server.address).start(), (each) => each.stop());
    const core = stack.use(new Core({ port: server.port }));
    const worker = stack.use(await startWorker([cable.address.port], ["services=yes", ...slots(5)]));
    const all = stack.move();
    return {
      server,
      cable,
      core,
      worker,
      gate: writeGate(folder.path),
      [Symbol.asyncDispose]: () => all.disposeAsync(),
    };
  }

  it("does not have the job run a second time while its first run goes on", async () => {
    await using rig = await startBehindCable();
    const { server, cable, worker, core, gate } = rig;
    await core.submit("service", serviceJob("once", gate.plugin("once")));
    await gate.entered(1);
    cable.cut();
    await untilStatus(server.address, "service", { total: 1, running: 0, workers: 0 });
    cable.mend();
    await worker.logged("job assigned again while it runs; not run twice");
    await untilStatus(server.address, "service", { total: 1, running: 1 });
    gate.open();
    await core.collected(1);
    await untilStatus(server.address, "service", { total: 0 });
    expect(core.services).toEqual(["once"]);
    expect(gate.entries()).toEqual(["once"]);
  });

  it("nor when the worker is to end", async () => {
    await using rig = await startBehindCable();
    const { server, cable, worker, core, gate } = rig;
    await core.submit("service", ...names(5).map((name) => serviceJob(name, gate.plugin(name))));
    await gate.entered(5);
    cable.cut();
    worker.signal("SIGTERM");
    await worker.logged("got SIGTERM");
    await untilStatus(server.address, "service", { total: 5, running: 0, workers: 0 });
    await core.submit("service", serviceJob("another", "/bin/echo another"));
    cable.mend();
    await worker.logged("job assigned again while it runs; not run twice", 5);
    gate.open();
    expect((await worker.untilEnded()).exitCode).toBe(0);
    await core.collected(5);
    await untilStatus(server.address, "service", { total: 1, running: 0 });
    expect(core.services).toEqual(names(5));
    expect(gate.entries().toSorted()).toEqual(names(5));
  });

  it("nor after it has ended meanwhile", async () => {
    await using rig = await startBehindCable();
    const { server, cable, worker, core, gate } = rig;
    await core.submit("service", serviceJob("once", gate.plugin("once")));
    await gate.entered(1);
    cable.cut();
    gate.open();
    await worker.logged("service job done: host - once");
    cable.mend();
    await core.collected(1);
    await untilStatus(server.address, "service", { total: 0 });
    await worker.logged("not run twice");
    expect(core.services).toEqual(["once"]);
    expect(gate.entries()).toEqual(["once"]);
  });
});

describe.skipIf(!hasServer("gearmand"))("a dupserver", () => {
  const withDup = (server: Server, dupPort: number, ...args: readonly string[]) =>
    startWorker([server.port], ["services=yes", `dupserver=127.0.0.1:${dupPort}`, ...slots(10), ...args]);
  const submit = (core: Core) =>
    core.submit("service", ...names(200).map((name) => serviceJob(name, `/bin/echo ${name}`)));

  it("gets a copy of every result, marked as passive", async () => {
    await using server = await start();
    await using dup = await start();
    await using core = new Core({ port: server.port });
    await using dupCore = new Core({ port: dup.port });
    await using _worker = await withDup(server, dup.port);
    await submit(core);
    await core.collected(200);
    await dupCore.collected(200);
    expect(dupCore.results.map(({ text }) => text).toSorted()).toEqual(
      core.results.map(({ text }) => text.replace(/^type=active\n/, "type=passive\n")).toSorted(),
    );
  });

  it("that is down gets its copies when it is back, up to dupserver_backlog_queue_size", async () => {
    await using server = await start();
    await using core = new Core({ port: server.port });
    const port = await freePort();
    await using worker = await withDup(server, port, "dupserver_backlog_queue_size=150");
    await submit(core);
    await core.collected(200);
    expect(
      worker.linesWith("takes no results: its copy is lost, 150 are waiting").filter(isError).length,
    ).toBe(1);
    await using dup = await start([], port);
    await using dupCore = new Core({ port: dup.port });
    await dupCore.collected(150);
    await core.submit("service", serviceJob("last", "/bin/echo last"));
    await vi.waitFor(() => expect(dupCore.services).toContain("last"), PATIENCE);
    expect(dupCore.results.length).toBe(151);
  });

  it.each([
    { what: "never answers", greets: false, says: "no answer from the dupserver" },
    { what: "becomes silent", greets: true, says: "the dupserver does not answer" },
  ])("that $what neither keeps back a result nor the worker's end, and is named", async (rig) => {
    await using server = await start();
    await using core = new Core({ port: server.port });
    await using stack = new AsyncDisposableStack();
    const silent = stack.adopt(await startSilentServer(rig), (each) => each.stop());
    await using worker = await withDup(server, silent.address.port);
    await submit(core);
    await core.collected(200);
    await worker.logged(rig.says);
    expect((await worker.terminate()).exitCode).toBe(0);
    expect(silent.received.includes("check_results"), "the copies").toBe(rig.greets);
  });
});

/** A gearmand that can crash and come back on its port. */
interface Server extends AsyncDisposable {
  readonly port: number;
  readonly address: { readonly host: string; readonly port: number };
  crash(): Promise<void>;
  restart(): Promise<void>;
}

async function start(args: readonly string[] = [], wantedPort?: number): Promise<Server> {
  let gearmand: Gearmand = await startGearmand(
    wantedPort === undefined ? { args } : { args, port: wantedPort },
  );
  const { port } = gearmand;
  return {
    port,
    address: { host: "127.0.0.1", port },
    crash: () => gearmand.kill9(),
    restart: async () => {
      gearmand = await startGearmand({ args, port });
    },
    [Symbol.asyncDispose]: () => gearmand.kill9(),
  };
}

async function expectRegistered(port: number): Promise<void> {
  const since = performance.now();
  await untilStatus({ host: "127.0.0.1", port }, "service", { workers: 1 });
  expect(performance.now() - since).toBeLessThan(BACK_WITHIN_MS);
}

function slots(count: number): readonly string[] {
  return [`min-worker=${count}`, `max-worker=${count}`];
}

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `job-${String(i + 1).padStart(4, "0")}`);
}

function isError(line: string): boolean {
  return line.includes("[ERROR]");
}
