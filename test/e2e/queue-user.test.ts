import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createFolder } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { runProgram, startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

/** A user of the worker's own. */
const USER = 64_124;
const IDENTITY = ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"];
const WITH_RIGHTS = [
  ...IDENTITY,
  ...["--inh-caps=+setuid,+setgid,+kill", "--ambient-caps=+setuid,+setgid,+kill"],
];
const PERL = `#!/usr/bin/perl
# nagios: +epn
open my $status, "<", "/proc/self/status"; print join(" ", "$<", map { /^CapPrm:\\s*(\\w+)/ ? $1 : () } <$status>), "\\n";
exit 0;
`;
const TELL_CAPS = "/bin/sh -c 'echo $(id -u) $(sed -n s/^CapPrm:.//p /proc/self/status)'";
const NONE = "0000000000000000";
const PATIENCE = { timeout: 30_000, interval: 20 };

/** Whether other users may read the sources, which the worker is started from. */
function may(under: readonly string[]): boolean {
  const [program = "", ...words] = [...under, "/usr/bin/env", "cat", import.meta.filename];
  return spawnSync(program, words, { stdio: "ignore" }).status === 0;
}

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z ");
}

async function untilWritten(file: string): Promise<string> {
  return await vi.waitFor(() => readFileSync(file, "utf8"), PATIENCE);
}

describe.skipIf(!hasServer("gearmand") || process.getuid?.() !== 0)("a queue with a user", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  /** What these commands answer in a queue. */
  async function ask(core: Core, queue: string, ...commands: readonly string[]) {
    core.results.splice(0);
    const jobs = commands.map((command, at) => serviceJob(String(at), command, { timeout: 20 }));
    await core.submit(queue, ...jobs);
    await core.collected(commands.length);
    const byName = new Map(core.results.map(({ fields }) => [fields.get("service_description"), fields]));
    return commands.map((_, at) => byName.get(String(at))?.get("output"));
  }

  it("runs its checks, event handlers and notifications as the user, with its limits, others as ever", async () => {
    using folder = createFolder();
    chmodSync(folder.path, 0o777);
    await using worker = await startWorker(
      [gearmand.port],
      [
        ...["hostgroups=dmz,lan", "eventhandler=yes", "notifications=yes"],
        "queue_user=hostgroup_dmz:nobody,eventhandler:nobody,notification:nobody",
        "queue_limits=hostgroup_dmz:nofile=64,core=0,cpu=30",
      ],
    );
    await using core = new Core({ port: gearmand.port });
    expect(worker.linesWith("hostgroup_dmz as nobody with nofile=64,core=0,cpu=30")).toHaveLength(1);
    const commands = [
      "/usr/bin/id -u",
      "id -un | cat",
      "/bin/sh -c 'ulimit -Hn'",
      "/nowhere/check_dummy 0 native",
    ];
    expect(await ask(core, "hostgroup_dmz", ...commands)).toEqual([
      "65534",
      "nobody",
      "64",
      expect.stringContaining("Make sure the plugin you're trying to run actually exists."),
    ]);
    expect(await ask(core, "hostgroup_lan", ...commands.slice(0, 2), ...commands.slice(3))).toEqual([
      "0",
      "root",
      "OK: native",
    ]);
    for (const type of ["eventhandler", "notification"]) {
      const file = join(folder.path, type);
      const command = `/bin/sh -c 'echo $(id -u) "$NAGIOS_SERVICEOUTPUT" >${file}.new; mv ${file}.new ${file}'`;
      const { result_queue: _, ...job } = serviceJob("x", command, { type, plugin_output: "down" });
      await core.submit(type, job);
      expect(await untilWritten(file)).toBe(type === "notification" ? "65534 down\n" : "65534 \n");
    }
  });

  it("has its plugins ended at their time-out", async () => {
    using folder = createFolder();
    chmodSync(folder.path, 0o777);
    const file = join(folder.path, "pid");
    await using _worker = await startWorker([gearmand.port], ["hostgroups=late", "queue_user=*:nobody"]);
    await using core = new Core({ port: gearmand.port });
    const command = `/bin/sh -c 'echo $$ >${file}; exec sleep 60'`;
    await core.submit("hostgroup_late", serviceJob("late", command, { timeout: 1 }));
    const [result] = await core.collected(1);
    expect(result?.fields.get("output")).toContain("Timed Out On Worker");
    await vi.waitFor(() => expect(isThere(Number(readFileSync(file, "utf8")))).toBe(false), PATIENCE);
  });

  it.skipIf(!may(WITH_RIGHTS))(
    "is had by a worker that is not root, too, and its other plugins get no right of it",
    async () => {
      using folder = createFolder();
      const perl = join(folder.path, "check_caps.pl");
      writeFileSync(perl, PERL, { mode: 0o755 });
      chmodSync(folder.path, 0o777);
      await using worker = await startWorker(
        [gearmand.port],
        ["hostgroups=cap,own", "queue_user=hostgroup_cap:nobody", "min-worker=2"],
        { under: WITH_RIGHTS, owner: USER },
      );
      await using core = new Core({ port: gearmand.port });
      const line = `${TELL_CAPS} | cat`;
      expect(await ask(core, "hostgroup_cap", TELL_CAPS, line, perl)).toEqual(Array(3).fill(`65534 ${NONE}`));
      expect(await ask(core, "hostgroup_own", TELL_CAPS, line, perl)).toEqual(
        Array(3).fill(`${USER} ${NONE}`),
      );
      expect(worker.linesWith("via=warm")).toHaveLength(1);
      const file = join(folder.path, "pid");
      const command = `/bin/sh -c 'echo $$ >${file}; exec sleep 60'`;
      await core.submit("hostgroup_cap", serviceJob("late", command, { timeout: 1 }));
      await core.collected(4);
      await vi.waitFor(() => expect(isThere(Number(readFileSync(file, "utf8")))).toBe(false), PATIENCE);
    },
  );

  it.skipIf(!may(WITH_RIGHTS))(
    "has its plugins ended though the worker, which is not root, was killed",
    async () => {
      using folder = createFolder();
      chmodSync(folder.path, 0o777);
      const file = join(folder.path, "pid");
      await using worker = await startWorker([gearmand.port], ["hostgroups=dead", "queue_user=*:nobody"], {
        under: WITH_RIGHTS,
        owner: USER,
      });
      await using core = new Core({ port: gearmand.port });
      const command = `/bin/sh -c 'echo $$ >${file}.new; mv ${file}.new ${file}; exec sleep 60'`;
      await core.submit("hostgroup_dead", serviceJob("late", command, { timeout: 2 }));
      const pid = Number(await untilWritten(file));
      expect(isThere(pid)).toBe(true);
      await worker.kill9();
      await vi.waitFor(() => expect(isThere(pid)).toBe(false), PATIENCE);
    },
  );

  it.skipIf(!may(IDENTITY)).each([
    ["nobody", IDENTITY, "this process may not change users: it must be root, or have CAP_SETUID"],
    ["no-such-user", [], "there is no user no-such-user on this machine"],
    ["root", [], "plugins of a queue do not run as root"],
  ])("keeps the worker from starting where it cannot be: %s", async (user, under, said) => {
    const args = [`server=127.0.0.1:${gearmand.port}`, "encryption=no", `queue_user=service:${user}`];
    const { exitCode, stderr } = await runProgram("omd-worker", ["run", ...args], {}, under);
    expect({ exitCode, lines: stderr.split("\n").length }).toEqual({ exitCode: 1, lines: 1 });
    expect(stderr).toContain(`queue_user=service:${user}: ${said}`);
  });

  it("is not taken over by a reload where it cannot be", async () => {
    using folder = createFolder();
    const file = join(folder.path, "worker.conf");
    writeFileSync(file, "queue_user=hostgroup_reload:nobody\n");
    await using worker = await startWorker([gearmand.port], ["hostgroups=reload", `config=${file}`]);
    await using core = new Core({ port: gearmand.port });
    writeFileSync(file, "queue_user=hostgroup_reload:no-such-user\n");
    worker.signal("SIGHUP");
    await worker.logged("reload config failed, check your config: the worker goes on");
    expect(worker.linesWith("there is no user no-such-user on this machine")).toHaveLength(1);
    expect(await ask(core, "hostgroup_reload", "/usr/bin/id -u")).toEqual(["65534"]);
    writeFileSync(file, "queue_user=hostgroup_reload:daemon\n");
    worker.signal("SIGHUP");
    await worker.logged("reloading config was successful");
    expect(await ask(core, "hostgroup_reload", "/usr/bin/id -un")).toEqual(["daemon"]);
  });
});
