import { expect, it } from "vitest";
import { readCrowdArguments } from "../../../bench/crowd/options.ts";
import { shareOf } from "../../../bench/crowd/phases.ts";
import { renderCrowd } from "../../../bench/crowd/report.ts";

it("two hundred workers and all phases are the default", () => {
  const options = readCrowdArguments([]);
  expect(options).toMatchObject({ workers: 200, rates: [100, 300], silence: 7, gearmand: [] });
  expect(options?.phases).toEqual(["idle", "steady", "rollout", "silence", "burst"]);
  expect(readCrowdArguments(["--help"])).toBeUndefined();
});

it("words for gearmand are handed on", () => {
  expect(readCrowdArguments(["--gearmand=--worker-wakeup=4  --threads=2"])?.gearmand).toEqual([
    "--worker-wakeup=4",
    "--threads=2",
  ]);
});

it.each([
  [["--workers", "0"], "--workers: not a count: 0"],
  [["--rates", "10,x"], "--rates: not a count: x"],
  [
    ["--phases", "idle,toString"],
    "--phases: none is called toString, there are idle,steady,rollout,silence,burst",
  ],
])("%s is refused", (argv, message) => {
  expect(() => readCrowdArguments(argv)).toThrow(message);
});

it("a worker without a job is the one with the fewest", () => {
  expect(shareOf([5, 1, 3], 3)).toEqual({ least: 1, median: 3, most: 5 });
  expect(shareOf([5, 1, 3], 5)).toEqual({ least: 0, median: 1, most: 5 });
  expect(shareOf([], 0)).toEqual({ least: 0, median: 0, most: 0 });
});

it("the table has a line for each phase", () => {
  const ofWorkers = { workersCores: 0.25, workersMsPerJob: 2.5 };
  const costs = { seconds: 10, gearmandCores: 0.05, gearmandMsPerJob: 0.5, ...ofWorkers };
  const text = renderCrowd({ workers: 200, seconds: 60, pssMiB: 7000 }, [
    { phase: "idle", jobs: 0, wrong: 0, ...costs, gearmandMsPerJob: 0 },
    { phase: "100 a second", jobs: 1000, wrong: 0, ...costs, share: { least: 1, median: 5, most: 9 } },
  ]);
  expect(text).toContain("200 workers were registered after 60 seconds, and took 7000 MiB (PSS), 35 each.");
  expect(text).toContain("| idle | 0 | 0 |  |  |  | 10.0 | 0 | 0.050 |  | 0.25 |  |  |  |  |  |");
  expect(text).toContain(
    "| 100 a second | 1,000 | 0 |  |  |  | 10.0 | 100 | 0.050 | 0.500 | 0.25 | 2.50 |  |  |  | 1 / 5 / 9 |",
  );
});
