import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createFolder } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { receiveDatagrams } from "../support/processes/datagram-receiver.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

describe.skipIf(!hasServer("gearmand"))("a worker as a service of the system", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  it("tells systemd how it is, and plugins do not", async () => {
    using folder = createFolder();
    const socket = join(folder.path, "notify");
    await using receiver = await receiveDatagrams(socket);
    await using core = new Core({ port: gearmand.port });
    const env = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "200000" };
    await using worker = await startWorker([gearmand.port], ["services=yes", "daemon=yes"], { env });
    const ready = await receiver.until("READY=1");
    expect(ready).toMatch(new RegExp(`^READY=1\nMAINPID=${worker.pid}\nSTATUS=0 jobs under way, 0 done; `));
    await receiver.until("WATCHDOG=1");
    await core.submit("service", serviceJob("env", 'echo "[$NOTIFY_SOCKET$WATCHDOG_USEC$WATCHDOG_PID]"'));
    await core.collected(1);
    expect(core.results[0]?.fields.get("output")).toBe("[]");
    worker.signal("SIGHUP");
    await receiver.until("RELOADING=1");
    await receiver.until("READY=1\nSTATUS=");
    expect(await worker.terminate()).toMatchObject({ exitCode: 0, stderr: "" });
    const stopping = await receiver.until("STOPPING=1");
    expect(stopping).toContain("\nSTATUS=stopping: 0 jobs under way, 1 done; ");
  });

  it("gives its log to syslogd, to the last line", async () => {
    using folder = createFolder();
    const socket = join(folder.path, "log");
    await using receiver = await receiveDatagrams(socket);
    const worker = startWorker([gearmand.port], ["services=yes", "logmode=syslog"], {
      env: { OMD_SYSLOG_SOCKET: socket },
    });
    // It waits for a line in the log file, which is not written.
    const isStarted = worker.then(
      () => true,
      () => false,
    );
    const started = await receiver.until("started with pid");
    const pid = Number(/started with pid (\d+)/.exec(started)?.[1]);
    expect(started).toMatch(
      new RegExp(`^<14>\\w{3} [ \\d]\\d [\\d:]{8} omd-worker\\[${pid}\\]: mod_gearman `),
    );
    process.kill(pid, "SIGTERM");
    await receiver.until("mod_gearman worker exited");
    expect(await isStarted).toBe(false);
  });

  it("says at its start what it is, and shows no secret at any level", async () => {
    await using core = new Core({ port: gearmand.port });
    const options = ["services=yes", "debug=2", "encryption=no", "key=hunter2hunter2"];
    await using worker = await startWorker([gearmand.port], options);
    await core.submit("service", serviceJob("login", "/bin/echo --password hunter3hunter3"));
    await core.collected(1);
    await worker.logged("service job ran");
    const lines = worker.log;
    expect(lines).toMatch(/\] omd-worker \S+, Node\.js 24\S+, identifier \S+, user \S+\n/);
    expect(lines).toContain("] configuration: command line");
    expect(lines).toContain(`] servers: 127.0.0.1:${gearmand.port}\n`);
    expect(lines).toContain("] queues: service\n");
    expect(lines).toMatch(/\] slots: \d+ to \d+; native checks: on; warm plugins: /);
    expect(lines).toContain("--password ***");
    expect(lines).not.toContain("hunter");
    expect(worker.linesWith("service job done")[0]).toMatch(/queue=service, check=echo, via=\w+, why=/);
  });

  it.skipIf(!hasServer("logrotate"))("loses no line when logrotate takes its file away", async () => {
    await using core = new Core({ port: gearmand.port });
    await using worker = await startWorker([gearmand.port], ["services=yes", "max-worker=4"]);
    using folder = createFolder();
    const rotate = await prepareLogrotate(folder.path, worker);
    const COUNT = 60;
    const jobs = Array.from({ length: COUNT }, (_, i) => serviceJob(`job ${i}`, "/bin/echo done"));
    const submitted = core.submit("service", ...jobs);
    for (let times = 1; times <= 3; times++) {
      await rotate();
      await vi.waitFor(() => expect(everyLine(worker.folder).match(/got SIGUSR1/g)).toHaveLength(times), {
        timeout: 30_000,
      });
    }
    await submitted;
    await core.collected(COUNT);
    const written = () => new Set(everyLine(worker.folder).match(/service job done: host - job \d+ /g));
    await vi.waitFor(() => expect(written().size).toBe(COUNT), { timeout: 30_000 });
    expect(readdirSync(worker.folder).filter((name) => name.startsWith("worker.log"))).toHaveLength(4);
    expect(worker.log).not.toContain("started with pid");
    // Without a listener Node would have opened its debugger, and said so.
    expect(await worker.terminate()).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

/** The shipped file, for this folder and this user; a stand-in for systemctl names the worker. */
async function prepareLogrotate(folder: string, worker: { readonly folder: string; readonly pid: number }) {
  const config = join(folder, "logrotate.conf");
  const text = readFileSync("systemd/omd-worker.logrotate", "utf8")
    .replace("/var/log/omd-worker", worker.folder)
    .replace(/^ *su .*\n/m, "")
    .replace(/^ *(?:delay)?compress\n/gm, "");
  writeFileSync(config, text, { mode: 0o644 });
  writeFileSync(join(folder, "systemctl"), `#!/bin/sh\necho 0; echo; echo ${worker.pid}\n`);
  chmodSync(join(folder, "systemctl"), 0o755);
  const env = { PATH: `${folder}:${process.env["PATH"]}:/usr/sbin` };
  return () => execa("logrotate", ["--force", "--state", join(folder, "state"), config], { env });
}

function everyLine(folder: string): string {
  const logs = readdirSync(folder).filter((name) => name.startsWith("worker.log"));
  return logs.map((name) => readFileSync(join(folder, name), "utf8")).join("");
}
