import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createFolder, writeGate } from "../support/folder.ts";
import { untilStatus } from "../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { createMark, leftBehind, pipeDirectories } from "../support/processes/leftovers.ts";
import { runProgram, startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const QUEUES = ["host", "service", "eventhandler", "notification"];

describe.skipIf(!hasServer("gearmand"))("a worker started the way the C worker is", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  const address = () => ({ host: "127.0.0.1", port: gearmand.port });
  const start = (...args: readonly string[]) => startWorker([gearmand.port], args);
  const registered = (queue: string, workers = 1) => untilStatus(address(), queue, { workers });

  /** One job of each kind; all of them leave a trace. */
  async function expectToServeAllQueues(folder: string): Promise<void> {
    await using core = new Core({ port: gearmand.port });
    const trace = join(folder, "trace");
    await core.submit("host", { ...serviceJob("", "/bin/echo host"), type: "host" });
    await core.submit("service", serviceJob("service", "/bin/echo service"));
    await core.submit("eventhandler", { type: "eventhandler", command_line: `echo event >>${trace}` });
    await core.submit("notification", {
      type: "notification",
      contact: "ops",
      plugin_output: "all is lost",
      command_line: `echo "$NAGIOS_SERVICEOUTPUT" >>${trace}`,
    });
    await core.collected(2);
    expect(core.results.map(({ fields }) => fields.get("output")).sort()).toEqual(["host", "service"]);
    await vi.waitFor(() => expect(readLines(trace).toSorted()).toEqual(["all is lost", "event"]));
  }

  describe("in the foreground", () => {
    it("serves all four queues, and TERM leaves nothing", async () => {
      await using worker = await startWorker([gearmand.port], ["debug=2", "max-worker=1"], {
        program: "mod_gearman_worker",
      });
      await expectToServeAllQueues(worker.folder);
      expect(await worker.terminate()).toEqual({ exitCode: 0, stdout: "", stderr: "" });
      expect(pipeDirectories(worker.pid)).toEqual([]);
      expect(worker.linesWith("mod_gearman worker exited").length).toBe(1);
      for (const queue of QUEUES) await registered(queue, 0);
    });
  });

  describe("with --daemon", () => {
    it("is up when the launching command returns, serves all four queues, and TERM leaves nothing", async () => {
      using folder = createFolder();
      const mark = createMark();
      const pidFile = join(folder.path, "worker.pid");
      const logFile = join(folder.path, "worker.log");
      const launched = await runProgram(
        "mod_gearman_worker",
        [
          ...[
            "--daemon",
            `--pidfile=${pidFile}`,
            `--logfile=${logFile}`,
            "--encryption=off",
            "--max-worker=1",
          ],
          `--server=127.0.0.1:${gearmand.port}`,
        ],
        mark.env,
      );
      try {
        expect(launched).toEqual({ exitCode: 0, stdout: "", stderr: "" });
        const pid = Number(readFileSync(pidFile, "utf8"));
        expect(readFileSync(logFile, "utf8")).toContain(`mod_gearman worker daemon started with pid ${pid}`);
        await expectToServeAllQueues(folder.path);

        process.kill(pid, "SIGTERM");
        expect(await leftBehind(() => mark.processes().map(({ commandLine }) => commandLine))).toEqual([]);
        expect(existsSync(pidFile)).toBe(false);
        expect(pipeDirectories(pid)).toEqual([]);
        expect(readFileSync(logFile, "utf8")).toContain("mod_gearman worker exited");
      } finally {
        mark.kill();
      }
    });

    it("does not give its plugins what only the launcher said to it", async () => {
      using folder = createFolder();
      const mark = createMark();
      const pidFile = join(folder.path, "worker.pid");
      const args = ["--daemon", `pidfile=${pidFile}`, "encryption=no", `server=127.0.0.1:${gearmand.port}`];
      await runProgram("mod_gearman_worker", args, mark.env);
      try {
        await using core = new Core({ port: gearmand.port });
        await core.submit("service", serviceJob("environment", "env | grep -E 'DAEMON|CHANNEL' || true"));
        const [result] = await core.collected(1);
        expect(result?.fields.get("output")).toBe("");
        process.kill(Number(readFileSync(pidFile, "utf8")), "SIGTERM");
        expect(await leftBehind(() => mark.processes().map(({ commandLine }) => commandLine))).toEqual([]);
      } finally {
        mark.kill();
      }
    });
  });

  describe("refuses to start", () => {
    const ONE_SERVER = "server=127.0.0.1:4730";

    it.each([
      { what: "without a server", args: ["encryption=no"], says: "please specify at least one server" },
      {
        what: "without a queue",
        args: [ONE_SERVER, "encryption=no", "hosts=no"],
        says: "starting worker without any queues is useless",
      },
      { what: "without a key", args: [ONE_SERVER], says: "no encryption key provided" },
      { what: "with junk for encryption", args: [ONE_SERVER, "encryption=maybe"], says: "encryption" },
      { what: "with a config that is not there", args: ["config=/does/not/exist"], says: "/does/not/exist" },
      {
        what: "with a log file it cannot write",
        args: [ONE_SERVER, "encryption=no", "logfile=/does/not/exist/log"],
        says: "/does/not/exist/log",
      },
      {
        what: "with a pid file it cannot write",
        args: [ONE_SERVER, "encryption=no", "pidfile=/does/not/exist/pid"],
        says: "/does/not/exist/pid",
      },
    ])("$what", async ({ args, says }) => {
      for (const how of [[], ["--daemon"]]) {
        const { exitCode, stdout, stderr } = await runProgram("mod_gearman_worker", [...how, ...args]);
        expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
        expect(stderr).toContain(says);
        expect(stderr).not.toMatch(/^ +at /m);
      }
    });

    it("while the process of its pid file lives, but not after", async () => {
      using folder = createFolder();
      const pidfile = `pidfile=${join(folder.path, "worker.pid")}`;
      await using first = await start(pidfile);
      for (const how of [[], ["--daemon"]]) {
        const args = [...how, pidfile, "encryption=no", `server=127.0.0.1:${gearmand.port}`];
        const { exitCode, stderr } = await runProgram("mod_gearman_worker", args);
        expect(exitCode).toBe(1);
        expect(stderr).toContain("pidfile already exists, cannot start!");
        expect(stderr).toContain(String(first.pid));
      }
      await first.kill9();
      await using second = await start(pidfile);
      expect(Number(readFileSync(join(folder.path, "worker.pid"), "utf8"))).toBe(second.pid);
      expect(second.linesWith("removed stale pidfile").length).toBe(1);
    });
  });

  describe("while it runs", () => {
    it("answers its status queue, also when all slots are busy", async () => {
      await using worker = await start("identifier=statusworker", "min-worker=1", "max-worker=1");
      await using core = new Core({ port: gearmand.port });
      const gate = writeGate(worker.folder);
      await core.submit("service", serviceJob("busy", gate.plugin("busy")));
      await gate.entered(1);
      expect(await core.ask("worker_statusworker")).toMatch(
        new RegExp(
          `^${hostname()} has 1 worker and is working on 1 jobs\\. Version: \\S+\\|worker=1;;;1;1 jobs=0c$`,
        ),
      );
      gate.open();
      await core.collected(1);
      await vi.waitFor(async () => expect(await core.ask("worker_statusworker")).toContain("jobs=1c"));
    });
  });

  describe("on HUP", () => {
    /** A worker with a config file; `reload` writes the file anew and sends HUP. */
    async function startConfigured(lines: readonly string[]) {
      const folder = createFolder();
      const file = join(folder.path, "worker.conf");
      writeFileSync(file, `${lines.join("\n")}\n`);
      const worker = await start(`config=${file}`);
      return {
        worker,
        reload(...changed: readonly string[]) {
          writeFileSync(file, `${changed.join("\n")}\n`);
          worker.signal("SIGHUP");
        },
        async [Symbol.asyncDispose]() {
          await worker[Symbol.asyncDispose]();
          folder[Symbol.dispose]();
        },
      };
    }

    it("serves the queues of the new configuration, and finishes the jobs of the old ones", async () => {
      await using configured = await startConfigured(["hostgroups=before"]);
      const { worker, reload } = configured;
      await using core = new Core({ port: gearmand.port });
      await registered("hostgroup_before");
      const gate = writeGate(worker.folder);
      await core.submit("hostgroup_before", serviceJob("old", gate.plugin("old")));
      await gate.entered(1);

      reload("hostgroups=after");
      await worker.logged("reloading config was successful, changed: hostgroups");
      await registered("hostgroup_after");
      await core.submit("hostgroup_after", serviceJob("new", "/bin/echo new"));
      await core.collected(1);
      gate.open();
      await core.collected(2);
      expect(core.services).toEqual(["new", "old"]);
      expect(gate.entries()).toEqual(["old"]);
      await untilStatus(address(), "hostgroup_before", { workers: 0, total: 0 });
    });

    it("takes a new max-worker at once", async () => {
      await using configured = await startConfigured(["hostgroups=slots", "min-worker=1", "max-worker=1"]);
      const { worker, reload } = configured;
      await using core = new Core({ port: gearmand.port });
      const gate = writeGate(worker.folder);
      await core.submit(
        "hostgroup_slots",
        ...["1", "2", "3"].map((name) => serviceJob(name, gate.plugin(name))),
      );
      await untilStatus(address(), "hostgroup_slots", { running: 1, total: 3 });
      await gate.entered(1);

      reload("hostgroups=slots", "min-worker=3", "max-worker=3");
      await gate.entered(3);
      await untilStatus(address(), "hostgroup_slots", { running: 3 });
      gate.open();
      await core.collected(3);
    });

    it("opens its log file anew", async () => {
      await using worker = await start();
      await using core = new Core({ port: gearmand.port });
      const rotated = join(worker.folder, "worker.log.1");
      renameSync(join(worker.folder, "worker.log"), rotated);
      worker.signal("SIGHUP");
      await worker.logged("reloading config was successful, changed: nothing");
      await core.submit("service", serviceJob("after rotation", "/bin/echo rotated"));
      await core.collected(1);
      await worker.logged("after rotation");
      expect(readFileSync(rotated, "utf8")).not.toContain("after rotation");
    });

    it.each([["encryption=maybe"], ["encryption=yes"], ["server=127.0.0.1:junk"]])(
      "keeps its configuration if the new one has %s",
      async (bad) => {
        await using configured = await startConfigured(["hostgroups=kept"]);
        const { worker, reload } = configured;
        await using core = new Core({ port: gearmand.port });
        reload(bad);
        await worker.logged("reload config failed, check your config");
        await core.submit("hostgroup_kept", serviceJob("kept", "/bin/echo kept"));
        await core.collected(1);
      },
    );

    it("ends in time all the same when a job of the old queues does not", async () => {
      await using configured = await startConfigured(["hostgroups=before", "shutdown_timeout=1"]);
      const { worker, reload } = configured;
      await using core = new Core({ port: gearmand.port });
      const gate = writeGate(worker.folder);
      await core.submit("hostgroup_before", serviceJob("stuck", gate.plugin("stuck")));
      await gate.entered(1);
      reload("hostgroups=after", "shutdown_timeout=1");
      await worker.logged("reloading config was successful");
      expect((await worker.terminate()).exitCode).toBe(1);
      await untilStatus(address(), "hostgroup_before", { running: 0, total: 1 });
      await using heir = await start("hostgroups=before");
      gate.open();
      await core.collected(1);
      await heir.logged("stuck");
      expect(gate.entries()).toEqual(["stuck", "stuck"]);
    });
  });
});

function readLines(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
}
