import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { createFolder, writeBook, writeGate } from "../support/folder.ts";
import { untilStatus } from "../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { runProgram, startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const JOBS = 60;
const SLOTS = 10;
const SPOOL_FILE = /^results\.\d+$/;
const PATIENCE = { timeout: 30_000, interval: 20 };

describe.skipIf(!hasServer("gearmand"))(
  "a worker with result_spool that is killed while gearmand is away",
  () => {
    it("has its results delivered by the next start, each once", async () => {
      await using rig = await createRig();
      const { core, gate, spool, folder, start, results } = rig;
      await using first = await start();
      await core.submit("service", ...names(SLOTS).map((name) => serviceJob(name, gate.plugin(name))));
      await gate.entered(SLOTS);
      await rig.crash();
      gate.open();
      await results(SLOTS);
      await first.kill9();
      expect(spool()).not.toContain("command_line"); // of the job there is a digest only
      writeFileSync(join(folder, "notes"), "of somebody else");

      await using second = await start();
      await second.logged(`leaves 1 files of others alone: "notes"`);
      await second.logged(`${SLOTS} results of an earlier start are in the spool and will be delivered`);
      await rig.restart();
      await core.collected(SLOTS);
      expect(core.services).toEqual(names(SLOTS));
      await second.logged("the results of the earlier start are delivered");
      await vi.waitFor(() => expect(spool()).toBe(""), PATIENCE);
      await core.submit("service", serviceJob("next", "/bin/echo next"));
      await core.collected(SLOTS + 1);
      expect(gate.entries().toSorted()).toEqual(names(SLOTS));
    });

    it("does not run these jobs again when gearmand has kept them", async () => {
      await using rig = await createRig({ isPersistent: true });
      const { core, gate, start, results } = rig;
      await using first = await start();
      await core.submit("service", ...names(JOBS).map((name) => serviceJob(name, gate.plugin(name))));
      await gate.entered(SLOTS);
      await rig.crash();
      gate.open();
      await results(SLOTS);
      await first.kill9();

      await using second = await start();
      await rig.restart();
      await core.collected(JOBS);
      await untilStatus(rig.address, "service", { total: 0 });
      expect(core.services).toEqual(names(JOBS));
      expect(gate.entries().toSorted()).toEqual(names(JOBS));
      await second.logged("not run twice", SLOTS);
    });

    it("drops results that have become too old, and runs their jobs again if gearmand has kept them", async () => {
      await using rig = await createRig({ isPersistent: true });
      const { core, gate, spool, start } = rig;
      await using worker = await start("result_max_age=1");
      await core.submit("service", ...names(SLOTS).map((name) => serviceJob(name, gate.plugin(name))));
      await gate.entered(SLOTS);
      await rig.crash();
      gate.open();
      await worker.logged("a result is dropped: the result has waited for longer than result_max_age");
      await vi.waitFor(() => expect(spool()).toBe(""), PATIENCE);
      await rig.restart();
      await core.collected(SLOTS);
      await untilStatus(rig.address, "service", { total: 0 });
      expect(core.services.toSorted()).toEqual(names(SLOTS));
      expect(gate.entries().toSorted()).toEqual(names(SLOTS).flatMap((name) => [name, name]));
    });

    it("nor when gearmand had only hung, and has queued them again", async () => {
      await using rig = await createRig();
      const { core, gate, start, results } = rig;
      await using first = await start();
      await core.submit("service", ...names(SLOTS).map((name) => serviceJob(name, gate.plugin(name))));
      await gate.entered(SLOTS);
      rig.hang();
      gate.open();
      await results(SLOTS); // sent, and not confirmed for a second
      await first.kill9();

      await using _second = await start();
      rig.goOn();
      await core.collected(SLOTS);
      await untilStatus(rig.address, "service", { total: 0 });
      // gearmand reads what it was sent before the kill, and the same result from the spool. It may take
      // the second for the first, by its unique.
      expect(new Set(core.services)).toEqual(new Set(names(SLOTS)));
      expect(gate.entries().toSorted()).toEqual(names(SLOTS));
    });
  },
);

describe.skipIf(!hasServer("gearmand"))("a worker with result_spool", () => {
  it("that ends while gearmand is away leaves its results, of which a damaged file loses one alone", async () => {
    await using rig = await createRig();
    const { core, gate, folder, start } = rig;
    await using first = await start("shutdown_timeout=1");
    await core.submit("service", ...names(SLOTS).map((name) => serviceJob(name, gate.plugin(name))));
    await gate.entered(SLOTS);
    await rig.crash();
    gate.open();
    await first.logged("service job done", SLOTS);
    expect((await first.terminate()).exitCode).toBe(1);
    expect(first.linesWith(`${SLOTS} results could not be delivered, they wait in ${folder}`).length).toBe(1);
    const file = join(folder, readdirSync(folder).find((name) => SPOOL_FILE.test(name)) ?? "");
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 10));
    await rig.restart();
    await using second = await start();
    await second.logged(`the result spool sets ${file} aside: 1 of its lines are damaged`);
    await second.logged("the results of the earlier start are delivered");
    await core.collected(SLOTS - 1);
    expect(core.services.length).toBe(SLOTS - 1);
    expect(existsSync(`${file}.bad`)).toBe(true);
  });

  it("writes nothing as long as all is well, and has its folder for itself", async () => {
    await using rig = await createRig();
    const { core, folder, start, port } = rig;
    const book = writeBook(rig.work);
    await using worker = await start();
    const second = (spool: string) =>
      runProgram("omd-worker", [
        ...[`server=127.0.0.1:${port}`, "services=yes", "encryption=no", `result_spool=${spool}`],
      ]);
    expect(await second(folder)).toMatchObject({
      exitCode: 1,
      stderr: `cannot use result_spool: process ${worker.pid} has locked ${folder}/lock (each worker needs a folder of its own)`,
    });
    expect(await second("/tmp")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("chmod go-w"),
    });
    await core.submit("service", ...names(JOBS).map((name) => serviceJob(name, book.plugin(name))));
    await core.collected(JOBS);
    expect((await worker.terminate()).exitCode).toBe(0);
    expect(readdirSync(folder)).toEqual(["lock"]);
    expect(readFileSync(join(folder, "lock"), "utf8")).toBe(`${worker.pid}\n`);
  });
});

interface RigOptions {
  /** gearmand keeps its jobs on disk. */
  readonly isPersistent?: boolean;
}

/** A gearmand that can crash, a core, and a folder for the spools of workers that come one after another. */
async function createRig({ isPersistent = false }: RigOptions = {}) {
  await using stack = new AsyncDisposableStack();
  const work = stack.use(createFolder("/dev/shm")).path; // in memory: it is programs that die, not the machine
  const args = isPersistent ? ["--queue-type=libsqlite3", `--libsqlite3-db=${work}/queue.db`] : [];
  let gearmand: Gearmand = await startGearmand({ args });
  stack.defer(() => gearmand.kill9());
  const { port } = gearmand;
  const core = stack.use(new Core({ port }));
  const folder = join(work, "spool");
  const spool = () => {
    // A file that is not whole yet has another name, and is not read by the next start.
    const files = readdirSync(folder).filter((name) => SPOOL_FILE.test(name));
    return files.map((name) => readFileSync(join(folder, name), "utf8")).join("");
  };
  const all = stack.move();
  return {
    core,
    folder,
    spool,
    work,
    port,
    address: { host: "127.0.0.1", port },
    gate: writeGate(work),
    start: (...more: readonly string[]) => {
      const slots = [`min-worker=${SLOTS}`, `max-worker=${SLOTS}`];
      return startWorker([port], ["services=yes", `result_spool=${folder}`, ...slots, ...more]);
    },
    /** Resolves when so many results are in the spool. */
    results: (count: number) =>
      vi.waitFor(() => expect(spool().split('"unique"').length - 1).toBe(count), PATIENCE),
    crash: () => gearmand.kill9(),
    restart: async () => {
      gearmand = await startGearmand({ args, port });
    },
    hang: () => gearmand.hang(),
    goOn: () => gearmand.goOn(),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `job-${String(i + 1).padStart(3, "0")}`);
}
