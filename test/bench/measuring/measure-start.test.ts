import { describe, expect, it } from "vitest";
import { measureStart } from "../../../bench/measuring/measure-start.ts";
import type { Circumstances } from "../../../bench/measuring/measurement.ts";
import type { Line } from "../../../bench/scenarios/line.ts";
import { readWorker } from "../../../bench/workers/worker.ts";

const LINE: Line = { name: "version", mix: [], jobs: 3, warmUp: 1, own: ["version"] };
const CIRCUMSTANCES: Circumstances = {
  settings: { pool: 1, key: undefined, jobs: 2, rate: 5, seconds: 60, scale: 1 },
  standIns: { cpuMs: () => 0 },
  signal: new AbortController().signal,
};

describe("the start of a program", () => {
  it("is compared with node -e 0 as often as --jobs says", async () => {
    const worker = readWorker("shell=/bin/echo --server=a");
    const { jobs, figures, wrong } = await measureStart(worker, LINE, CIRCUMSTANCES);
    expect([jobs, wrong]).toEqual([2, 0]);
    const { startMs = 0, nodeMs = 0, timesNode = 0 } = figures;
    expect(nodeMs).toBeGreaterThan(startMs);
    expect(timesNode).toBeCloseTo(startMs / nodeMs);
  });

  it("is run with the words of the line in place of the worker's options", async () => {
    const worker = readWorker("test=/bin/test a --server=a");
    const equal = { ...LINE, own: ["=", "a"] };
    expect((await measureStart(worker, equal, CIRCUMSTANCES)).jobs).toBe(2);
  });

  it("is an error when the program fails", async () => {
    const worker = readWorker("false=/bin/false --server=a");
    await expect(measureStart(worker, LINE, CIRCUMSTANCES)).rejects.toThrow("false");
  });
});
