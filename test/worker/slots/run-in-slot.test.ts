import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decodeJob } from "../../../src/job/decode.ts";
import type { Job } from "../../../src/job/job.ts";
import type { FollowedRoute } from "../../../src/run/run.ts";
import { createSlotRun } from "../../../src/worker/slots/run-in-slot.ts";

const NOW = 1_700_000_000;
const FOLLOWED: FollowedRoute = {
  outcome: { kind: "exited", returnCode: 0, stdout: "", stderr: "" },
  via: "plugin",
  why: "so",
};
const NOT_STARTED: FollowedRoute = {
  ...FOLLOWED,
  outcome: { kind: "not-started", lack: "no memory is left" },
};

beforeEach(() => {
  vi.useFakeTimers({ now: NOW * 1_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function start(maxAge = 0) {
  const pool = { enter: vi.fn(), leave: vi.fn() };
  const limits = { enter: vi.fn(), leave: vi.fn() };
  const shortage = { wait: vi.fn(async (_lack: string) => {}), ended: vi.fn() };
  const run = vi.fn(async () => {
    vi.advanceTimersByTime(1_250);
    return FOLLOWED;
  });
  const runJob = createSlotRun({ pool, limits, shortage, run, maxAge, jobTimeout: 60 });
  return { pool, limits, shortage, run, runInSlot: (each: Job) => runJob(each, "service") };
}

const job = (...lines: readonly string[]) =>
  decodeJob(["type=host", "host_name=web1", "command_line=/p/x", ...lines].join("\n"));

describe("a run in a slot", () => {
  it("is told with its times, and leaves the slot", async () => {
    const { pool, runInSlot } = start();
    expect(await runInSlot(job())).toEqual({ ...FOLLOWED, startTime: NOW, finishTime: NOW + 1.25 });
    expect([pool.enter.mock.calls.length, pool.leave.mock.calls.length]).toEqual([1, 1]);
  });

  it("begins when there is a slot", async () => {
    const { pool, run, runInSlot } = start();
    const slot = Promise.withResolvers<void>();
    pool.enter.mockReturnValue(slot.promise);
    const running = runInSlot(job());
    await Promise.resolve();
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(3_000);
    slot.resolve();
    expect((await running).startTime).toBe(NOW + 3);
  });

  it("takes no slot before it is its turn in its queue", async () => {
    const { pool, limits, runInSlot } = start();
    const turn = Promise.withResolvers<void>();
    limits.enter.mockReturnValue(turn.promise);
    const running = runInSlot(job());
    await Promise.resolve();
    expect(pool.enter).not.toHaveBeenCalled();
    turn.resolve();
    await running;
    expect(pool.enter).toHaveBeenCalledOnce();
    expect(limits.leave.mock.calls).toEqual([["service"]]);
  });

  it.each([
    ["the job's", ["timeout=7"], 7],
    ["job_timeout where the job names none", [], 60],
  ])("has a time-out: %s", async (_, lines, timeout) => {
    const { run, runInSlot } = start();
    await runInSlot(job(...lines));
    expect(run).toHaveBeenCalledWith(
      expect.objectContaining({ hostName: "web1" }),
      timeout,
      expect.anything(),
    );
  });

  it("is not begun for a job that is too old when its turn comes", async () => {
    const { pool, run, runInSlot } = start(60);
    const { outcome, via } = await runInSlot(job(`core_time=${NOW - 75}`));
    expect(outcome).toEqual({ kind: "too-old", age: 75 });
    expect(via).toBeUndefined();
    expect(run).not.toHaveBeenCalled();
    expect(pool.leave).toHaveBeenCalledOnce();
  });

  it("is tried again in the same slot when the command could not be started, and its time begins anew", async () => {
    const { pool, shortage, run, runInSlot } = start();
    run.mockResolvedValueOnce(NOT_STARTED).mockResolvedValueOnce(NOT_STARTED);
    shortage.wait.mockImplementation(async () => void vi.advanceTimersByTime(5_000));
    expect(await runInSlot(job())).toEqual({ ...FOLLOWED, startTime: NOW + 10, finishTime: NOW + 11.25 });
    expect(shortage.wait.mock.calls).toEqual([["no memory is left"], ["no memory is left"]]);
    expect([pool.enter.mock.calls.length, pool.leave.mock.calls.length]).toEqual([1, 1]);
    expect(shortage.ended).toHaveBeenCalledOnce();
  });

  it("is not tried again for a job that has become too old", async () => {
    const { shortage, run, runInSlot } = start(60);
    run.mockResolvedValueOnce(NOT_STARTED);
    shortage.wait.mockImplementation(async () => void vi.advanceTimersByTime(75_000));
    expect((await runInSlot(job(`core_time=${NOW}`))).outcome).toEqual({ kind: "too-old", age: 75 });
  });

  it("ends without an outcome if the worker stops before the command could be started", async () => {
    const { pool, shortage, run, runInSlot } = start();
    run.mockResolvedValueOnce(NOT_STARTED);
    shortage.wait.mockRejectedValue(new Error("the worker stops"));
    await expect(runInSlot(job())).rejects.toThrow("the worker stops");
    expect(pool.leave).toHaveBeenCalledOnce();
  });

  it("leaves the slot even if the run fails", async () => {
    const { pool, limits, run, runInSlot } = start();
    run.mockRejectedValue(new Error("a fault"));
    await expect(runInSlot(job())).rejects.toThrow("a fault");
    expect(limits.leave).toHaveBeenCalledOnce();
    expect(pool.leave).toHaveBeenCalledOnce();
  });
});
