import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createFolder, writeGate } from "../support/folder.ts";
import { untilStatus } from "../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { type RunningWorker, startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const SLOTS = 20;

describe.skipIf(!hasServer("gearmand"))("a gearmand that hangs", () => {
  it("from the start keeps no slot from another, and is served when it goes on", async () => {
    await using hung = await start();
    await using living = await start();
    await using own = new Core({ port: hung.port });
    await using core = new Core({ port: living.port });
    await own.submit("service", serviceJob("own", "/bin/echo own"));
    hung.hang();
    await using worker = await startWorker([hung.port, living.port], slots(1));
    await core.submit("service", serviceJob("other", "/bin/echo other"));
    await core.collected(1);
    expectNotGivenUp(worker, hung);
    await worker.logged(
      `no answer from the job server: it hangs, or nothing there speaks Gearman (server=${hung.name}`,
    );
    expectNotGivenUp(worker, hung);

    hung.goOn();
    await worker.logged(`connected to job server ${hung.name}`);
    await own.collected(1);
  });

  it("while it is busy takes no slot from another, and no job is lost or run twice", async () => {
    await using rig = await startBusy((servers) => servers.map(({ port }) => `server=127.0.0.1:${port}`));
    const { hung, living, core, own, gate, worker } = rig;
    hung.hang();
    gate.open();
    const jobs = names("other", 3 * SLOTS);
    await core.submit("service", ...jobs.map((name) => serviceJob(name, gate.plugin(name))));
    await core.collected(jobs.length);
    await worker.logged(`the job server does not answer (server=${hung.name}`);
    expectNotGivenUp(worker, hung);

    hung.goOn();
    await worker.logged(`job server ${hung.name} answers again after`);
    await own.collected(3 * SLOTS);
    for (const server of [hung, living]) await untilStatus(server.address, "service", { total: 0 });
    const all = [...names("own", 3 * SLOTS), ...jobs].toSorted();
    expect([...own.services, ...core.services].toSorted()).toEqual(all);
    expect(gate.entries().toSorted()).toEqual(all);
  });

  it("and is removed by a reload does not keep its slots until it is given up", async () => {
    using folder = createFolder();
    const config = join(folder.path, "worker.conf");
    const configure = (servers: readonly { readonly name: string }[]) =>
      writeFileSync(config, servers.map(({ name }) => `server=${name}\n`).join(""));
    await using rig = await startBusy((servers) => {
      configure(servers);
      return [`config=${config}`];
    });
    const { hung, living, core, own, gate, worker } = rig;
    hung.hang();
    gate.open();
    // All slots are free again, and the server that hangs was asked for as many jobs.
    await worker.logged("service job done", SLOTS);
    configure([living]);
    worker.signal("SIGHUP");
    await worker.logged("reloading config was successful");
    await core.submit("service", serviceJob("other", "/bin/echo other"));
    await core.collected(1);
    expectNotGivenUp(worker, hung);

    hung.goOn();
    await own.collected(SLOTS);
    expect(gate.entries().slice(0, SLOTS).toSorted()).toEqual(own.services.slice(0, SLOTS));
  });

  /** All slots run jobs of the server that is going to hang, and more of its jobs wait. */
  async function startBusy(argumentsFor: (servers: readonly Server[]) => readonly string[]) {
    await using stack = new AsyncDisposableStack();
    const gate = writeGate(stack.use(createFolder()).path);
    const [hung, living] = [stack.use(await start()), stack.use(await start())];
    const own = stack.use(new Core({ port: hung.port }));
    const core = stack.use(new Core({ port: living.port }));
    const args = [...slots(SLOTS), ...argumentsFor([hung, living])];
    const worker = stack.use(await startWorker([], args));
    await untilStatus(living.address, "service", { workers: 1 });
    const jobs = names("own", 3 * SLOTS);
    await own.submit("service", ...jobs.map((name) => serviceJob(name, gate.plugin(name))));
    await gate.entered(SLOTS);
    const all = stack.move();
    return { hung, living, own, core, gate, worker, [Symbol.asyncDispose]: () => all.disposeAsync() };
  }
});

describe("a port that is no gearmand", () => {
  it.each([
    { what: "SSH", answer: (socket: Socket) => socket.write("SSH-2.0-OpenSSH_10.0p1\r\n") },
    {
      what: "HTTP",
      answer: (socket: Socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    },
    { what: "silent", answer: () => {} },
  ])("is named in the log, once: $what", async ({ answer }) => {
    await using foreign = await startForeign(answer);
    await using worker = await startWorker([foreign.port]);
    await worker.logged("nothing there speaks Gearman");
    expect(warnings(worker)).toEqual([expect.stringContaining(`server=127.0.0.1:${foreign.port}`)]);
  });
});

describe.skipIf(!hasServer("gearmand"))("a gearmand that goes away and comes back", () => {
  it("is worth one line for each", async () => {
    const server = await start();
    await using core = new Core({ port: server.port });
    await using worker = await startWorker([server.port], slots(1));
    await core.submit("service", serviceJob("first", "/bin/echo first"));
    await core.collected(1);
    await server.kill9();
    await worker.logged("failures=4");
    await using _back = await start(server.port);
    await worker.logged(`[INFO ] connected to job server ${server.name} again after`);
    expect(warnings(worker).filter((line) => line.includes("connect"))).toEqual([
      expect.stringContaining(`lost the connection to the job server (server=${server.name}`),
    ]);
    const told = worker.linesWith("[INFO ] connected to job server");
    expect(told.length).toBe(2);
  });
});

type Server = Awaited<ReturnType<typeof start>>;

async function start(port?: number) {
  const gearmand: Gearmand = await startGearmand(port === undefined ? {} : { port });
  const address = { host: "127.0.0.1", port: gearmand.port };
  const name = `127.0.0.1:${gearmand.port}`;
  return { ...gearmand, address, name, [Symbol.asyncDispose]: () => gearmand.kill9() };
}

async function startForeign(answer: (socket: Socket) => unknown) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).once("data", () => answer(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

function slots(count: number): readonly string[] {
  return ["services=yes", `min-worker=${count}`, `max-worker=${count}`];
}

function names(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}-${String(i + 1).padStart(2, "0")}`);
}

function warnings(worker: RunningWorker): readonly string[] {
  return worker.linesWith("[WARN ]");
}

/** The worker still waits for it: nothing was done only because the connections were closed. */
function expectNotGivenUp(worker: RunningWorker, { name }: { readonly name: string }): void {
  expect(worker.linesWith(`server=${name}, reason=silent for 40 s`)).toEqual([]);
}
