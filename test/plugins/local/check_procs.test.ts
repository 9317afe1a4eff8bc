import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { checkProcs } from "../../../plugins/local/check_procs.ts";
import { runCheck } from "../../../sdk/testing.ts";

it.each([
  ["-w 250 -c 400 -s RSZDT", 0, "PROCS OK: 0 processes with STATE = RSZDT | procs=0;250;400;0;\n"],
  [
    "-c 1: -C no-such-program",
    2,
    "PROCS CRITICAL: 0 processes with command name 'no-such-program' | procs=0;;1:;0;\n",
  ],
  [
    "-p 999999999 -a x -p 5000000",
    0,
    "PROCS OK: 0 processes with PPID = 999999999, args 'x', PPID = 5000000 | procs=0;;;0;\n",
  ],
  ["-w 0 -C ps", 1, "PROCS WARNING: 1 process with command name 'ps' | procs=1;0;;0;\n"],
])("counts: %s", async (line, returnCode, output) => {
  expect(await runCheck(checkProcs, line)).toMatchObject({ returnCode, output });
});

it("counts all processes", async () => {
  const { output } = await runCheck(checkProcs, "-w 100000");
  expect(output).toMatch(/^PROCS OK: [1-9][0-9]* processes \| procs=[0-9]+;100000;;0;\n$/);
});

it("leaves it to the plugin if processes match that the worker has started: one may be the plugin's shell", async () => {
  const child = spawn("sleep", ["43217"]);
  await once(child, "spawn");
  await expect(runCheck(checkProcs, "-a 43217")).rejects.toThrow("processes of the worker itself match");
  child.kill();
  await once(child, "exit");
});

describe("is left to the plugin", () => {
  it.each([
    "-m CPU",
    "-u root",
    "-s S+",
    "-s x",
    "-z 5",
    "-C ?",
    "-a caf\xc3\xa9",
    "-w 10:5",
    "1 2 Z",
    "-t 0",
  ])("%s", (line) => {
    expect(checkProcs.understand(line.split(" "))).toBeUndefined();
  });
});
