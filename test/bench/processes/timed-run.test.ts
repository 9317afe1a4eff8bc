import { describe, expect, it } from "vitest";
import { timeRun } from "../../../bench/processes/timed-run.ts";

const NEVER = new AbortController().signal;
const run = (...command: readonly string[]) => timeRun(command, NEVER);

describe("a run whose time is taken", () => {
  it("has the elapsed time, in which a waiting command uses little CPU", async () => {
    const { wallMs, cpuMs } = await run("sleep", "0.2");
    expect(wallMs).toBeGreaterThanOrEqual(200);
    expect(cpuMs).toBeLessThan(100);
  });

  it("has the CPU time of the command and its children", async () => {
    const busy = "while (process.cpuUsage().user < 200_000);";
    const { cpuMs } = await run("sh", "-c", `'${process.execPath}' -e '${busy}'; true`);
    expect(cpuMs).toBeGreaterThan(100);
  });

  it("may write to stdout and stderr", async () => {
    expect((await run("sh", "-c", "echo out; echo err >&2")).wallMs).toBeGreaterThan(0);
  });

  it("is an error when the command fails, with what it wrote", async () => {
    await expect(run("sh", "-c", "echo no such thing >&2; exit 3")).rejects.toThrow("no such thing");
  });
});
