import { describe, expect, it } from "vitest";
import { SOAK_FIGURES } from "../../../bench/soak/figures.ts";
import { runSoak, type SoakRun } from "../../../bench/soak/run.ts";
import { judgeSoak } from "../../../bench/soak/verdict.ts";
import { sourceWorker } from "../../../bench/workers/worker.ts";
import { hasServer } from "../../support/servers/installed.ts";

/** The short form of `npm run soak`: quick checks only, and a look five times a second. */
const SHORT = { seconds: 8, sampleSeconds: 0.2, rate: 30, site: 0, key: "a key of the test" };

async function soak(leak: number): Promise<SoakRun> {
  const never = new AbortController().signal;
  return runSoak({ ...SHORT, worker: sourceWorker(), leak }, never, () => {});
}

describe.skipIf(!hasServer("gearmand") || !hasServer("snmpd"))("a short soak", () => {
  it("gives each job one result, and tells every figure", async () => {
    const { samples, counts, wrongResult } = await soak(0);
    expect(wrongResult).toBeUndefined();
    const { submitted } = counts;
    expect(counts).toEqual({ submitted, results: submitted, wrong: 0, unexpected: 0, waiting: 0 });
    expect(submitted).toBeGreaterThan(0);
    expect(samples).toHaveLength(SHORT.seconds / SHORT.sampleSeconds);
    const numbers = samples.flatMap((sample) => SOAK_FIGURES.map(({ name }) => sample[name]));
    expect(numbers.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
    expect(samples.at(-1)).toMatchObject({ zombies: 0 });
  }, 120_000);

  it("finds a leak of memory, descriptors and timers that was planted", async () => {
    const { samples } = await soak(10_000);
    const found = judgeSoak(samples).figures.filter(({ isSteady, drift }) => !isSteady && drift > 0);
    const names = found.map(({ figure }) => figure);
    expect(names).toEqual(
      expect.arrayContaining(["pssMiB", "anonymousMiB", "heapMiB", "descriptors", "timers"]),
    );
  }, 120_000);
});
