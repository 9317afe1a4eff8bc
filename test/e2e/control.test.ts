import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createFolder, writeGate } from "../support/folder.ts";
import { untilStatus } from "../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { type RunningWorker, runProgram, startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

describe.skipIf(!hasServer("gearmand"))("a worker that runs, and the commands that reach it", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  const registered = (workers: number) =>
    untilStatus({ host: "127.0.0.1", port: gearmand.port }, "service", { workers });

  async function start(...args: readonly string[]) {
    const identifier = randomUUID();
    const own = [`identifier=${identifier}`, "control_socket=yes", "services=yes"];
    const worker = await startWorker([gearmand.port], [...own, ...args]);
    const tell = (...words: readonly string[]) =>
      runProgram("omd-worker", [...words, `identifier=${identifier}`]);
    return { worker, identifier, tell };
  }

  it("tells what it does, and which jobs it has", async () => {
    const { worker, identifier, tell } = await start("max-worker=3");
    await using _worker = worker;
    await using core = new Core({ port: gearmand.port });
    const gate = writeGate(worker.folder);
    await core.submit("service", serviceJob("T\xc3\xbcr", gate.plugin("held")));
    await vi.waitFor(async () => expect((await tell("jobs")).stdout).toContain("Tür"), { timeout: 30_000 });
    const status = await tell("status");
    expect(status).toMatchObject({ exitCode: 0, stderr: "" });
    expect(status.stdout).toMatch(new RegExp(`^${identifier}: omd-worker [0-9.]+, takes jobs, up `));
    expect(status.stdout).toMatch(/^ {2}slots +1 of \d+ busy \(min-worker \d+, max-worker 3\)$/m);
    expect(status.stdout).toContain(`127.0.0.1:${gearmand.port} connected, 1 jobs under way`);
    const { stdout } = await tell("jobs", "--json");
    expect(JSON.parse(stdout)).toMatchObject([
      { type: "service", serviceDescription: "Tür", queue: "service" },
    ]);
    expect(JSON.parse((await tell("status", "--json")).stdout)).toMatchObject({ identifier, state: "open" });
    gate.open();
    await core.collected(1);
  });

  it("is drained, and goes on", async () => {
    const { worker, tell } = await start();
    await using _worker = worker;
    await registered(1);
    expect(await tell("drain")).toEqual({ exitCode: 0, stdout: "the worker is drained", stderr: "" });
    await registered(0);
    expect((await tell("drain")).stdout).toBe("nothing has changed: the worker is drained");
    expect((await tell("status")).stdout).toContain("drained: it takes no jobs until omd-worker resume");
    expect((await tell("resume")).stdout).toBe("the worker is open");
    await registered(1);
  });

  it("shows what shadow mode has found, and compares another share until the next reload", async () => {
    const { worker, tell } = await start("native_checks=shadow", "shadow_share=20");
    await using _worker = worker;
    const share = async () => JSON.parse((await tell("shadow", "show", "--json")).stdout).share;
    expect((await tell("shadow", "show")).stdout).toContain("20 % of the jobs are compared.");
    expect((await tell("shadow", "set", "50")).stdout).toBe(
      "50 % of the jobs are compared, until the next reload",
    );
    expect(await share()).toBe(50);
    await tell("shadow", "set", "off");
    expect(await share()).toBe(0);
    await tell("reload");
    expect(await share()).toBe(20);
  });

  it("reads its configuration again, and says what has changed or what is wrong", async () => {
    using folder = createFolder();
    const file = join(folder.path, "worker.conf");
    writeFileSync(file, "max-worker=5\n");
    const { worker, tell } = await start(`config=${file}`);
    await using _worker = worker;
    expect((await tell("reload")).stdout).toBe("changed: nothing");
    writeFileSync(file, "max-worker=6\npidfile=/nonexistent/pid\n");
    expect((await tell("reload")).stdout).toBe("changed: max-worker\nthese changes need a restart: pidfile");
    writeFileSync(file, "encryption=maybe\n");
    const failed = await tell("reload");
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout).toMatch(
      /^the worker goes on with what it has read before\n.*worker\.conf:1: .*encryption/,
    );
  });

  it("logs as much as it is told", async () => {
    const { worker, tell } = await start("debug=0");
    await using _worker = worker;
    await using core = new Core({ port: gearmand.port });
    expect((await tell("log-level", "debug")).exitCode).toBe(0);
    await core.submit("service", serviceJob("quick", "/bin/true"));
    await worker.logged("service job done: ");
    const wrong = await tell("log-level", "loud");
    expect(wrong).toMatchObject({ exitCode: 1, stderr: "the level is one of error, info, debug, trace" });
    expect((await tell("log-level")).exitCode).toBe(3);
  });

  it("is gone when it has ended, and which others there are is said", async () => {
    const { worker, tell } = await start();
    const other = await start();
    await using _other = other.worker;
    await end(worker);
    const { exitCode, stderr } = await tell("status");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`omd-worker/${other.identifier}`);
    expect(stderr).toMatch(/^no worker listens at @omd-worker\/.*; name one with --identifier=NAME/);
  });
});

async function end(worker: RunningWorker): Promise<void> {
  await using _worker = worker;
  await worker.terminate();
}
