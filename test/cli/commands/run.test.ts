import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createFolder } from "../../support/folder.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { run } from "../io.ts";

checkLeaks();
afterEach(() => {
  vi.unstubAllEnvs();
});

const MINIMUM = ["server=127.0.0.1:1", "encryption=no"];

describe("a worker that cannot start exits 1 and says in one line", () => {
  it("what its configuration lacks", async () => {
    expect(await run("run", ["encryption=no"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "please specify at least one server (server=localhost:4730)\n",
    });
  });

  it("who has its pid file", async () => {
    using folder = createFolder();
    const pidfile = join(folder.path, "worker.pid");
    const logfile = join(folder.path, "worker.log");
    const other = spawn("sleep", ["600"], { argv0: "mod_gearman_worker" });
    const ended = once(other, "close");
    writeFileSync(pidfile, `${other.pid}\n`);
    const argv = [...MINIMUM, `pidfile=${pidfile}`, `logfile=${logfile}`];
    expect(await run("run", argv)).toEqual({
      code: 1,
      stdout: "",
      stderr: `pidfile already exists, cannot start! ${pidfile} names process ${other.pid}\n`,
    });
    other.kill();
    await ended;
  });

  it("why its log file cannot be opened", async () => {
    using folder = createFolder();
    const logfile = join(folder.path, "nowhere", "worker.log");
    expect(await run("run", [...MINIMUM, `logfile=${logfile}`])).toEqual({
      code: 1,
      stdout: "",
      stderr: `cannot start worker: cannot open ${logfile}: no such file or directory\n`,
    });
  });
});

it("the environment is the caller's, not the process's", async () => {
  vi.stubEnv("GEARMAN_SERVERS", "gearmand.example.org");
  expect(await run("run", ["encryption=no"])).toMatchObject({ code: 1 });
});

it("plugins do not inherit the daemon's mark", async () => {
  vi.stubEnv("OMDWORKER_IN_BACKGROUND", "1");
  await run("run", ["encryption=no"]);
  expect(process.env).not.toHaveProperty("OMDWORKER_IN_BACKGROUND");
});
