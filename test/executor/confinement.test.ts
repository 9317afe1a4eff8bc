import { chmodSync, copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readAccount } from "../../src/executor/confinement/account.ts";
import { missingCapabilities, withoutCapabilities } from "../../src/executor/confinement/capabilities.ts";
import type { Confinement, ResourceLimit } from "../../src/executor/confinement/confinement.ts";
import { whyNotConfinable } from "../../src/executor/confinement/trial.ts";
import { createFolder } from "../support/folder.ts";
import { checkLeaks } from "../support/leaks.ts";
import { exited, startShells, stdoutOf, until } from "./warm-shells.ts";

checkLeaks();

const NOBODY = readAccount("nobody");
/** No other process is of this user, so that only ours count. */
const LONE = { name: "lone", uid: 64_777, gid: 64_777, groups: [64_777], home: "/", shell: "/bin/sh" };
const MAY = missingCapabilities().length === 0 && NOBODY !== undefined;
const TIMEOUT = 20;

const as = (account: Confinement["account"], ...limits: readonly ResourceLimit[]): Confinement => ({
  account,
  limits,
});

/**
 * Leaves a process that has closed both streams, so that the run is over, and knows the pipe by a descriptor
 * of O_PATH. It opens the pipe by that when the file `go` is there, and says `written`.
 */
const LEAVE_WRITER = `
  sysopen(my $pipe, "/proc/self/fd/1", 010000000) or die "O_PATH: $!";
  exit 0 if fork;
  close STDOUT; close STDERR; setpgrp;
  for (1 .. 1000) { last if -e "$ARGV[0]/go"; select undef, undef, undef, 0.01 }
  if (open my $out, ">", "/proc/self/fd/" . fileno $pipe) { syswrite $out, "forged\\n" }
  open my $done, ">", "$ARGV[0]/written";
`;

/** A pool whose commands are of `nobody`, if nothing else is said. */
async function startConfined() {
  const pool = await startShells({ warm: 0 });
  const run = (argv: readonly string[], confinement = as(NOBODY), timeout = TIMEOUT) =>
    pool.shells.run({ via: "plugin", argv, env: [], confinement }, timeout);
  const line = (commandLine: string, confinement = as(NOBODY)) =>
    pool.shells.run({ via: "shell", commandLine, env: [], confinement }, TIMEOUT);
  const script = (text: string, confinement?: Confinement, timeout?: number) =>
    run(["/bin/sh", "-c", text], confinement, timeout);
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= pool.shells.stop());
  return { ...pool, run, line, script, stop, [Symbol.asyncDispose]: stop };
}

function isThere(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z ");
  } catch {
    return false;
  }
}

describe.skipIf(!MAY)("a plugin of another user", () => {
  it("has the ids, the groups and the variables of the user, and no capability", async () => {
    await using pool = await startConfined();
    expect(await pool.run(["/usr/bin/id"])).toEqual(
      exited(0, "uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)\n"),
    );
    const status = await pool.script(
      "grep -E '^(Cap(Inh|Prm|Eff|Amb)|NoNewPrivs|[UG]id|Groups):' /proc/self/status",
    );
    expect(
      stdoutOf(status)
        .replaceAll(/[\t ]+/g, " ")
        .split("\n"),
    ).toEqual([
      "Uid: 65534 65534 65534 65534",
      "Gid: 65534 65534 65534 65534",
      "Groups: 65534 ",
      ...["Inh", "Prm", "Eff", "Amb"].map((name) => `Cap${name}: 0000000000000000`),
      "NoNewPrivs: 1",
      "",
    ]);
    expect(stdoutOf(await pool.script('echo "$HOME $USER $LOGNAME $SHELL"'))).toBe(
      `${NOBODY?.home} nobody nobody ${NOBODY?.shell}\n`,
    );
  });

  it("is the same as a line for a shell", async () => {
    await using pool = await startConfined();
    expect(await pool.line("id -u; id -G | cat; echo $USER $$ >/dev/null; echo late >&2; exit 2")).toEqual(
      exited(2, "65534\n65534\n", "late\n"),
    );
  });

  it("prints as every other: both streams, any bytes, also by their names", async () => {
    await using pool = await startConfined();
    expect(await pool.script("printf '\\377\\n'; echo a >/dev/stdout; echo b >/dev/stderr; exit 1")).toEqual(
      exited(1, "\xff\na\n", "b\n"),
    );
  });

  it.each([
    ["is not there", "/nowhere/check_x", 127],
    ["is no program", "/etc/passwd", 126],
  ])("that %s is told as by a shell", async (_, path, returnCode) => {
    await using pool = await startConfined();
    expect(await pool.run([path])).toEqual(exited(returnCode));
  });

  it("has its return codes and signals", async () => {
    await using pool = await startConfined();
    expect(await pool.script("exit 3")).toEqual(exited(3));
    expect(await pool.script("kill -SEGV $$")).toEqual(exited(139));
  });

  it.each([
    ["to send the worker a signal", `kill -0 ${process.pid}`],
    ["to send its shell a signal", "kill -KILL $PPID"],
    ["to become root", "setpriv --reuid=0 id"],
    ["to become root's group", "setpriv --regid=0 --clear-groups id"],
    ["to read what the worker has open", `ls /proc/${process.pid}/fd`],
    ["to read the memory of its shell", "cat /proc/$PPID/mem"],
    ["to tell a return code of another plugin", "echo 1 0 >/proc/$PPID/fd/1"],
    ["to list the pipes of others", "ls $(dirname $(readlink /proc/$$/fd/1))"],
    ["to raise a limit", "prlimit --core=1:1 true"],
  ])("fails %s", async (_, text) => {
    await using pool = await startConfined();
    const limit = { name: "core", soft: 0, hard: 0 };
    const outcome = await pool.script(`{ ${text}; } 2>/dev/null || echo refused`, as(NOBODY, limit));
    expect(outcome).toEqual(exited(0, "refused\n"));
  });

  it("finds no pipe of the worker but its own streams", async () => {
    await using pool = await startConfined();
    const found = stdoutOf(await pool.script("readlink /proc/$$/fd/* | grep -c omd-worker-"));
    expect(found).toBe("2\n");
  });

  it("cannot be a program that only root may execute, nor one that only root can find", async () => {
    using folder = createFolder();
    const program = join(folder.path, "id");
    copyFileSync("/usr/bin/id", program);
    chmodSync(program, 0o755);
    await using pool = await startConfined();
    expect(await pool.run([program])).toEqual(exited(126));
    expect(await pool.run([`${program}x`])).toEqual(exited(126));
    chmodSync(folder.path, 0o755);
    chmodSync(program, 0o700);
    expect(await pool.run([program])).toEqual(exited(126));
  });

  it("gains nothing from a program that is root's and setuid", async () => {
    using folder = createFolder();
    chmodSync(folder.path, 0o755);
    const program = join(folder.path, "id");
    copyFileSync("/usr/bin/id", program);
    chmodSync(program, 0o4755);
    await using pool = await startConfined();
    expect(await pool.run([program, "-u"])).toEqual(exited(0, "65534\n"));
  });

  it("has variables of its job that no program with the worker's rights sees", async () => {
    using folder = createFolder();
    chmodSync(folder.path, 0o777);
    // Each program that the linker starts with these variables leaves a file of its user.
    const env = [
      ["LD_DEBUG", "files"],
      ["LD_DEBUG_OUTPUT", join(folder.path, "out")],
      ["PATH", "/usr/bin:/bin"],
    ] as const;
    await using pool = await startConfined();
    for (const command of [
      { via: "plugin", argv: ["/bin/true"] },
      { via: "shell", commandLine: "true" },
    ] as const)
      expect(await pool.shells.run({ ...command, env, confinement: as(NOBODY) }, TIMEOUT)).toEqual(exited(0));
    const owners = readdirSync(folder.path).map((name) => statSync(join(folder.path, name)).uid);
    expect(owners.length).toBeGreaterThan(1);
    expect(new Set(owners)).toEqual(new Set([65_534]));
  });

  it.each([
    ["that sleeps", "echo $$; exec sleep 60"],
    ["that ignores TERM and INT", "trap '' TERM INT; echo $$; while :; do sleep 1; done"],
    ["with a child", "sleep 60 & echo $!; wait"],
  ])("%s is ended at its time-out", async (_, text) => {
    await using pool = await startConfined();
    const outcome = await pool.script(text, as(NOBODY), 0.5);
    expect(outcome).toMatchObject({ kind: "timed-out", after: 0.5 });
    const pid = Number(stdoutOf(outcome));
    expect(pid).toBeGreaterThan(0);
    await until(() => !isThere(pid));
  });

  it("is ended when the worker ends", async () => {
    const pool = await startConfined();
    using folder = createFolder();
    chmodSync(folder.path, 0o777);
    const file = join(folder.path, "pid");
    const running = pool.script(`echo $$ >${file}.new; mv ${file}.new ${file}; exec sleep 60`);
    await until(() => readdirSync(folder.path).includes("pid"));
    await pool.stop();
    expect((await running).kind).toBe("crashed");
    expect(isThere(Number(readFileSync(file, "latin1")))).toBe(false);
  });

  it.each([
    ["another user", as(LONE)],
    ["the worker's user", as(undefined, { name: "core", soft: 0, hard: 0 })],
  ])("leaves nothing behind that writes into the output of %s", async (_, other) => {
    using folder = createFolder();
    chmodSync(folder.path, 0o777);
    await using pool = await startConfined();
    expect(await pool.run(["/usr/bin/perl", "-e", LEAVE_WRITER, folder.path])).toEqual(exited(0));
    writeFileSync(join(folder.path, "go"), "");
    await until(() => readdirSync(folder.path).includes("written"));
    expect(await pool.run(["/bin/echo", "mine"], other)).toEqual(exited(0, "mine\n"));
  });

  it("does not share its shell with plugins of the worker's user, which stay what they were", async () => {
    await using pool = await startConfined();
    expect(stdoutOf(await pool.run(["/usr/bin/id", "-u"]))).toBe("65534\n");
    expect(stdoutOf(await pool.plugin(["/usr/bin/id", "-u"]))).toBe("0\n");
    expect(pool.countShells()).toBe(2);
  });
});

describe.skipIf(!MAY)("the limits of a plugin", () => {
  const MIB = 1024 * 1024;
  const ALL = [
    ["as", "address space", 512 * MIB],
    ["core", "core file size", 0],
    ["data", "data size", 256 * MIB],
    ["fsize", "file size", 8192],
    ["nofile", "open files", 64],
    ["nproc", "processes", 77],
    ["stack", "stack size", 4 * MIB],
  ] as const;

  it("are seen by it, softly and hard", async () => {
    const limits = ALL.map(([name, , value]) => ({ name, soft: value, hard: value }));
    const confinement = as(NOBODY, ...limits, { name: "cpu", soft: 30, hard: 31 });
    await using pool = await startConfined();
    const seen = stdoutOf(await pool.run(["/bin/cat", "/proc/self/limits"], confinement));
    for (const [, title, value] of ALL)
      expect(seen).toMatch(new RegExp(`^Max ${title} +${value} +${value} `, "m"));
    expect(seen).toMatch(/^Max cpu time +30 +31 /m);
  });

  it("hold without a user, too", async () => {
    await using pool = await startConfined();
    const confinement = as(undefined, { name: "nofile", soft: 32, hard: 32 });
    expect(await pool.script("ulimit -n; id -u", confinement)).toEqual(exited(0, "32\n0\n"));
  });

  it("end one that computes for too long, by a signal of its own", async () => {
    await using pool = await startConfined();
    const confinement = as(NOBODY, { name: "cpu", soft: 1, hard: 2 });
    expect(await pool.script("while :; do :; done", confinement)).toEqual(exited(128 + 24));
  });

  it("of processes are told where they forbid its start, and are no shortage of the machine", async () => {
    using folder = createFolder();
    chmodSync(folder.path, 0o777);
    await using pool = await startConfined();
    const confinement = as(LONE, { name: "nproc", soft: 1, hard: 1 });
    const names = ["one", "two"];
    const sleepers = names.map((name) =>
      pool.script(`: >${join(folder.path, name)}; exec sleep 60`, confinement),
    );
    await until(() => readdirSync(folder.path).length === names.length);
    const third = await pool.run(["/bin/true"], confinement);
    expect(third).toMatchObject({ kind: "exited", returnCode: 126 });
    expect(third).toMatchObject({ stderr: expect.stringContaining("Resource temporarily unavailable") });
    await pool.stop();
    expect((await Promise.all(sleepers)).map(({ kind }) => kind)).toEqual(["crashed", "crashed"]);
  });
});

describe("what is tried before a queue is confined", () => {
  it.skipIf(!MAY)("is fine for a user and limits that can be had", () => {
    const limits = [{ name: "nofile", soft: 64, hard: 64 }];
    expect(whyNotConfinable(as(NOBODY, ...limits, { name: "nproc", soft: 1, hard: 1 }))).toBeUndefined();
  });

  it("names what the linker or the kernel says", () => {
    expect(whyNotConfinable(as(undefined, { name: "as", soft: 4096, hard: 4096 }))).toMatch(/\S/);
  });

  it.each([
    ["root", "0000003fffffffff", []],
    ["a user", "0000000000000000", ["CAP_KILL", "CAP_SETGID", "CAP_SETUID"]],
    ["a user that may ping", "0000000000002000", ["CAP_KILL", "CAP_SETGID", "CAP_SETUID"]],
    ["a user that may not end others", "00000000000000c0", ["CAP_KILL"]],
  ])("are the capabilities of %s", (_, mask, missing) => {
    expect(missingCapabilities(`CapEff:\t${mask}\nCapAmb:\t0000000000000000\n`)).toEqual(missing);
  });

  it("has no user that is not there", () => {
    expect(readAccount("there-is-no-such-user")).toBeUndefined();
    expect(readAccount("--help")).toBeUndefined();
  });
});

describe("plugins of other queues", () => {
  it.each([
    ["a user", "0000000000000000", []],
    ["a user that may ping", "0000000000002000", []],
    [
      "a user that may change users",
      "00000000000020e0",
      ["/usr/bin/setpriv", "--inh-caps=-kill,-setgid,-setuid", "--ambient-caps=-kill,-setgid,-setuid", "--"],
    ],
  ])("do not inherit what the worker has for queues with a user: %s", (_, mask, words) => {
    expect(withoutCapabilities(`CapEff:\t${mask}\nCapAmb:\t${mask}\n`)).toEqual(words);
  });
});
