import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { PipeDirectory } from "../../../src/executor/named-pipes.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { exited, fixture, membersOf, startShells, stdoutOf, until } from "../warm-shells.ts";

checkLeaks();

const SHELL = "echo $PPID";

it("starts as many shells as commands run at once", async () => {
  await using pool = await startShells();
  await using meeting = useDirectory();
  const waitForAll = `: >${meeting.path}/$PPID; until [ $(ls ${meeting.path} | wc -l) = 20 ]; do sleep 0.01; done; exit 4`;
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => pool.line(waitForAll)));
  expect(outcomes).toEqual(Array.from({ length: 20 }, () => exited(4)));
  expect(pool.countShells()).toBe(20);
});

it("runs 300 commands at once", async () => {
  await using pool = await startShells({ warm: 0 });
  const numbers = Array.from({ length: 300 }, (_, number) => number);
  const outcomes = await Promise.all(
    numbers.map((number) => pool.line(`echo ${number} $PPID; exit ${number % 256}`)),
  );
  const texts = outcomes.map((outcome) => stdoutOf(outcome).split(" "));
  expect(texts.map(([number]) => Number(number))).toEqual(numbers);
  expect(outcomes.map((outcome) => "returnCode" in outcome && outcome.returnCode)).toEqual(
    numbers.map((n) => n % 256),
  );
  const shells = new Set(texts.map(([, shell]) => shell));
  expect(shells.size, "only those that were there when more were made have run two").toBeGreaterThan(280);
  expect(pool.countShells()).toBe(shells.size);
});

it("runs commands before its warm shells are there, and starts no more of them than are kept", async () => {
  await using pool = await startShells({ warm: 0 });
  pool.shells.configure({ warm: 5, idleTimeout: 0 });
  const isWarm = pool.shells.warmUp();
  expect(await pool.line("exit 4")).toEqual(exited(4));
  await isWarm;
  expect(pool.countShells()).toBe(5);
  await pool.shells.warmUp();
  expect(pool.countShells()).toBe(5);
});

it("runs one after the other in the same shell", async () => {
  await using pool = await startShells({ warm: 3 });
  const shells = new Set<string>();
  for (let i = 0; i < 20; i++) shells.add(stdoutOf(await pool.line(SHELL)));
  expect(shells.size).toBe(1);
  expect(pool.countShells()).toBe(3);
});

it("lets shells beyond the warm ones end when they are idle", async () => {
  await using pool = await startShells({ warm: 2, idleTimeout: 0.05 });
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => pool.line(SHELL)));
  await until(() => pool.countShells() === 2);
  const groups = outcomes.map((outcome) => Number(stdoutOf(outcome)));
  await until(() => groups.filter((group) => membersOf(group).length > 0).length === 2);
  expect(groups, "one that stayed serves on").toContain(Number(stdoutOf(await pool.line(SHELL))));
});

it("keeps all without an idle time-out", async () => {
  await using pool = await startShells({ warm: 1, idleTimeout: 0 });
  await Promise.all(Array.from({ length: 5 }, () => pool.line("true")));
  expect(pool.countShells()).toBe(5);
});

it("leaves no process and no directory after stop, and runs nothing any more", async () => {
  await using parent = useDirectory();
  const pool = await startShells({ warm: 3, directory: new PipeDirectory([parent.path]) });
  const idle = stdoutOf(await pool.line(SHELL));
  const running = pool.plugin([fixture("stubborn")]);
  const waiting = Array.from({ length: 20 }, () => pool.line("sleep 60"));
  await pool.shells.stop();
  for (const outcome of [await running, ...(await Promise.all(waiting)), await pool.line("true")])
    expect(outcome).toEqual({ kind: "crashed", error: new Error("the worker stopped") });
  expect(membersOf(Number(idle))).toEqual([]);
  expect(readdirSync(parent.path)).toEqual([]);
});

it("stops although a shell was stopped with STOP", async () => {
  const pool = await startShells();
  const shell = Number(stdoutOf(await pool.line(SHELL)));
  process.kill(shell, "SIGSTOP");
  await pool.shells.stop();
  expect(membersOf(shell)).toEqual([]);
});

it("kills at once what survives every other signal", async () => {
  await using pool = await startShells();
  await using told = useDirectory();
  const script = `trap '' TERM INT; : >${told.path}/$PPID; while :; do sleep 1; done`;
  const running = pool.plugin(["/bin/sh", "-c", script]);
  await until(() => readdirSync(told.path).length === 1);
  pool.shells.kill();
  expect(await running).toMatchObject({ kind: "crashed" });
  const [group] = readdirSync(told.path);
  await until(() => membersOf(Number(group)).length === 0);
});

it("fails if its shell cannot be started", async () => {
  await using pool = await startShells({ warm: 0, shellPath: fixture("not-executable") });
  const outcome = await pool.plugin(["/bin/true"]);
  expect(outcome).toEqual({
    kind: "crashed",
    error: new Error(`cannot start ${fixture("not-executable")}`),
  });
});

it("fails if pipes were removed, and runs the next command with others", async () => {
  await using parent = useDirectory();
  const directory = new PipeDirectory([parent.path]);
  await using pool = await startShells({ warm: 3, directory });
  await Promise.all([1, 2, 3].map(() => pool.line("sleep 0.05")));
  rmSync(directory.path, { recursive: true });
  const error = new Error(`the pipes of plugins were removed from ${directory.path}`);
  expect(await pool.line("echo a")).toEqual({ kind: "crashed", error });
  for (const word of ["b", "c", "d"]) expect(await pool.line(`echo ${word}`)).toEqual(exited(0, `${word}\n`));
});

it("removes the pipes of a shell that could not be started", async () => {
  await using parent = useDirectory();
  const directory = new PipeDirectory([parent.path]);
  const take = directory.take.bind(directory);
  directory.take = async () => {
    const paths = await take();
    rmSync(paths.stderr);
    return paths;
  };
  await using pool = await startShells({ warm: 0, directory });
  const before = readdirSync(directory.path).length;
  expect(await pool.line("true")).toMatchObject({ kind: "crashed" });
  expect(pool.countShells()).toBe(0);
  expect(pool.warnings[0]?.message).toBe("cannot start a plugin");
  expect(readdirSync(directory.path)).toHaveLength(before - 3);
});

it("ends a command that is cancelled, with everything that it has started", async () => {
  await using pool = await startShells();
  await using seen = useDirectory();
  const wanted = new AbortController();
  const script = `echo $$ >${seen.path}/pid.new; mv ${seen.path}/pid.new ${seen.path}/pid; sleep 60 & wait`;
  const command = { via: "shell", commandLine: script, env: [] } as const;
  const outcome = pool.shells.run(command, 20, wanted.signal);
  await until(() => existsSync(join(seen.path, "pid")));
  const group = Number(stdoutOf(await pool.line(`cut -d' ' -f5 /proc/$(cat ${seen.path}/pid)/stat`)));
  wanted.abort(new Error("no longer"));
  expect(await outcome).toEqual({ kind: "crashed", error: new Error("no longer") });
  await until(() => membersOf(group).length === 0);
  expect(await pool.line("echo next")).toEqual(exited(0, "next\n"));
});

it("works in a directory whose name needs quotes", async () => {
  await using parent = useDirectory(" it's a $(name) ");
  await using pool = await startShells({ directory: new PipeDirectory([parent.path]) });
  expect(await pool.line("echo fine; nope")).toEqual(exited(127, "fine\n", "sh: 1: nope: not found\n"));
  expect(await pool.plugin(["/nope"])).toEqual(exited(127));
  expect(await pool.plugin(["/bin/echo", "x".repeat(50_000)])).toEqual(exited(0, `${"x".repeat(50_000)}\n`));
});

it("leaves no shell if the worker is killed with KILL, and the next worker removes the directory", async () => {
  await using parent = useDirectory();
  const url = (path: string) =>
    JSON.stringify(new URL(`../../../src/executor/${path}`, import.meta.url).href);
  const worker = spawn(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `const { Executor } = await import(${url("executor.ts")});
       const { PipeDirectory } = await import(${url("named-pipes.ts")});
       const directory = new PipeDirectory([${JSON.stringify(parent.path)}]);
       const shells = new Executor({ log: console, warm: 4, idleTimeout: 0, directory });
       await shells.start();
       const { stdout } = await shells.run({ via: "shell", commandLine: "echo $PPID", env: [] }, 10);
       console.log(stdout.trim());`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [group] = await once(createInterface(worker.stdout), "line");
  expect(membersOf(Number(group))).toHaveLength(1);
  worker.kill("SIGKILL");
  await once(worker, "close");
  await until(() => membersOf(Number(group)).length === 0);
  const leftovers = readdirSync(parent.path);
  expect(leftovers).toHaveLength(1);
  await until(() => {
    using next = new PipeDirectory([parent.path]);
    return existsSync(next.path) && !leftovers.some((name) => existsSync(join(parent.path, name)));
  });
});

function useDirectory(name = "test-") {
  const path = mkdtempSync(join(tmpdir(), name));
  return { path, [Symbol.asyncDispose]: async () => rmSync(path, { recursive: true, force: true }) };
}
