import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, it, onTestFinished, vi } from "vitest";
import { startSilentServer } from "../support/gearman/silent-server.ts";

/** Every option whose value is a secret, as it may be spelled. */
const MORE = ["--accepted-key=one more", "dupserver_key = nor these", "-Status_Page_Auth=/none/such"];
const MASKED = "--accepted-key=*** dupserver_key =*** -Status_Page_Auth=***";

it.each([
  ["mod_gearman_worker", "mod_gearman_wor"],
  ["omd-worker", "omd-worker"],
])("the worker is %s for ps and pgrep, and its key is not shown", async (name, comm) => {
  const words = [
    `src/cli/${name}.ts`,
    "--server=127.0.0.1:1",
    "--key=not to be seen",
    "KEY=nor this",
    ...MORE,
  ];
  const worker = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(worker, "close");
  onTestFinished(async () => {
    worker.kill("SIGKILL");
    await ended;
  });
  await once(worker.stdout, "data"); // Its first line in the log.
  const read = (file: string) => readFileSync(`/proc/${worker.pid}/${file}`, "latin1");
  expect(read("comm")).toBe(`${comm}\n`);
  const commandLine = read("cmdline").replace(/\0+$/, "");
  expect(commandLine).toBe(`${name} --server=127.0.0.1:1 --key=*** KEY=*** ${MASKED}`);
});

it("a tool's key in a word of its own is not shown", async () => {
  const silent = await startSilentServer();
  const words = [
    "src/cli/check_gearman.ts",
    "-H",
    `127.0.0.1:${silent.address.port}`,
    "-q",
    "q",
    "--key",
    "not to be seen",
  ];
  const tool = spawn(process.execPath, words, { stdio: "ignore" });
  const ended = once(tool, "close");
  await vi.waitFor(() => expect(silent.connections).toBeGreaterThan(0), { timeout: 30_000, interval: 10 });
  const commandLine = readFileSync(`/proc/${tool.pid}/cmdline`, "latin1").replace(/\0+$/, "");
  tool.kill("SIGKILL");
  await ended;
  await silent.stop();
  expect(commandLine).toBe(`check_gearman -H 127.0.0.1:${silent.address.port} -q q --key ***`);
});
