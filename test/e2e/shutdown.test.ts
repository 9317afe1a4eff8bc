import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createFolder, type Gate, writeGate } from "../support/folder.ts";
import { untilStatus } from "../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { leftBehind, pipeDirectories } from "../support/processes/leftovers.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const JOBS = 50;

describe.skipIf(!hasServer("gearmand"))("a worker that is to end", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  const start = (queue: string, ...args: readonly string[]) =>
    startWorker(
      [gearmand.port],
      [`hostgroups=${queue}`, `min-worker=${JOBS}`, `max-worker=${JOBS}`, ...args],
    );
  const status = (queue: string, wanted: object) =>
    untilStatus({ host: "127.0.0.1", port: gearmand.port }, `hostgroup_${queue}`, wanted);

  function names(count: number): readonly string[] {
    return Array.from({ length: count }, (_, i) => `job ${String(i + 1).padStart(2, "0")}`);
  }

  function submit(core: Core, queue: string, gate: Gate, jobs: readonly string[]): Promise<void> {
    const submitted = jobs.map((name) => serviceJob(name, gate.plugin(`'${name}'`)));
    return core.submit(`hostgroup_${queue}`, ...submitted);
  }

  it.each(["SIGTERM", "SIGINT"] as const)(
    "on %s finishes all 50 jobs it runs, each once, and takes no more",
    async (signal) => {
      using folder = createFolder();
      const queue = signal.toLowerCase();
      const gate = writeGate(folder.path);
      await using core = new Core({ port: gearmand.port });
      await using worker = await start(queue);
      await submit(core, queue, gate, names(JOBS));
      await gate.entered(JOBS);
      await submit(core, queue, gate, ["waiting"]);

      worker.signal(signal);
      await worker.logged(`got ${signal}, finishing ${JOBS} running jobs`);
      expect(core.results).toEqual([]);
      gate.open();
      expect((await worker.ended).exitCode).toBe(0);
      await core.collected(JOBS);
      expect(core.services).toEqual(names(JOBS));
      expect(gate.entries().toSorted()).toEqual(names(JOBS));
      await status(queue, { total: 1, running: 0, workers: 0 });

      await using _heir = await start(queue);
      await core.collected(JOBS + 1);
      await status(queue, { total: 0 });
      expect(gate.entries().filter((name) => name === "waiting").length).toBe(1);
      expect(core.services).toEqual([...names(JOBS), "waiting"]);
    },
  );

  it.each([
    { what: "kills what still runs after shutdown_timeout", end: ["SIGTERM"], args: ["shutdown_timeout=1"] },
    { what: "ends at once on a second TERM", end: ["SIGTERM", "SIGTERM"], args: [] },
    { what: "ends at once on INT after TERM", end: ["SIGTERM", "SIGINT"], args: [] },
  ] as const)("$what, and gives those jobs to another worker", async ({ end, args }) => {
    using folder = createFolder();
    const queue = `${end.join("-")}${args.length}`.toLowerCase();
    const gate = writeGate(folder.path);
    await using core = new Core({ port: gearmand.port });
    await using worker = await start(queue, ...args);
    await submit(core, queue, gate, names(5));
    await gate.entered(5);
    for (const signal of end) {
      worker.signal(signal);
      await worker.logged(`got ${signal}`);
    }
    expect((await worker.ended).exitCode).toBe(1);
    expect(await leftBehind(() => worker.mark.processes().map(({ commandLine }) => commandLine))).toEqual([]);
    expect(pipeDirectories(worker.pid)).toEqual([]);
    await status(queue, { total: 5, running: 0 });
    expect(core.results).toEqual([]);

    gate.open();
    await using _heir = await start(queue);
    await core.collected(5);
    expect(core.services).toEqual(names(5));
    expect(gate.entries().toSorted()).toEqual([...names(5), ...names(5)].toSorted());
    await status(queue, { total: 0 });
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "does not take for results what its plugins say when %s is sent to all of its processes",
    async (signal) => {
      using folder = createFolder();
      const queue = `group-${signal}`.toLowerCase();
      const gate = writeGate(folder.path);
      await using core = new Core({ port: gearmand.port });
      await using worker = await start(queue);
      const negated = serviceJob("negated", `/usr/lib/nagios/plugins/negate ${gate.plugin("negated")}`);
      const line = serviceJob("line", `${gate.plugin("line")} | cat`);
      await submit(core, queue, gate, names(8));
      await core.submit(`hostgroup_${queue}`, negated, line);
      await gate.entered(10);
      const all = [...names(8), "line", "negated"].toSorted();

      // As systemd does with KillMode=control-group: the main process first, then all others.
      worker.signal(signal);
      for (const { pid } of worker.mark.processes()) if (pid !== worker.pid) killIfThere(pid, signal);
      expect((await worker.ended).exitCode).toBe(1);
      expect(worker.linesWith("10 jobs are not finished and go back to gearmand").length).toBe(1);
      expect(core.results).toEqual([]);

      gate.open();
      await using _heir = await start(queue);
      await core.collected(10);
      expect(core.services).toEqual(all);
      expect(core.results.filter(({ text }) => text.includes("SIG"))).toEqual([]);
      await status(queue, { total: 0 });
    },
  );

  it("that could not tidy up, for it was killed with KILL, leaves its jobs to another worker and its shells end", async () => {
    using folder = createFolder();
    const gate = writeGate(folder.path);
    await using core = new Core({ port: gearmand.port });
    await using worker = await start("killed");
    await submit(core, "killed", gate, names(5));
    await gate.entered(5);
    expect(shells(worker.mark.processes()).length).toBeGreaterThanOrEqual(JOBS);

    await worker.kill9();
    await status("killed", { total: 5, running: 0 });
    // Those that wait for a plugin end with it; all others now.
    await vi.waitFor(() => expect(shells(worker.mark.processes()).length).toBeLessThanOrEqual(5), {
      timeout: 5_000,
    });
    await using _heir = await start("killed");
    await gate.entered(10);
    gate.open();
    await core.collected(5);
    expect(core.services).toEqual(names(5));
    expect(await leftBehind(() => worker.mark.processes().map(({ commandLine }) => commandLine))).toEqual([]);
    await status("killed", { total: 0 });
    await using _tidier = await start("killed");
    expect(pipeDirectories(worker.pid)).toEqual([]);
  });

  it("and was killed with KILL has no plugin that runs on for longer than time-outs are", async () => {
    await using core = new Core({ port: gearmand.port });
    const worker = await start("guarded", "enable_embedded_perl=on", "warm_include=check_warm");
    const warm = join(worker.folder, "check_warm");
    writeFileSync(warm, "#!/usr/bin/perl\nsleep 1000;\n", { mode: 0o755 });
    const jobs = ["/bin/sleep 1000", "/bin/sleep 1000 | cat", warm].map((line) =>
      serviceJob(line, line, { timeout: 4 }),
    );
    const plugins = () =>
      worker.mark.processes().filter(({ commandLine }) => /sleep 1000|check_warm/.test(commandLine));
    await core.submit("hostgroup_guarded", ...jobs);
    // A line is run by a shell of its own, and the warm plugin has a template.
    await vi.waitFor(() => expect(plugins().length).toBeGreaterThanOrEqual(4), { timeout: 20_000 });
    await worker.kill9();
    expect(await leftBehind(() => worker.mark.processes().map(({ commandLine }) => commandLine))).toEqual([]);
    await worker[Symbol.asyncDispose]();
  });
});

/** Warm shells, not plugins that are scripts. */
function shells(processes: readonly { readonly commandLine: string }[]) {
  return processes.filter(({ commandLine }) => /^sh .*\/omd-worker-/.test(commandLine));
}

function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended meanwhile
  }
}
