import { describe, expect, it, vi } from "vitest";
import type { Circumstances } from "../../../bench/measuring/measurement.ts";
import { runAll, turnsOf } from "../../../bench/measuring/run.ts";
import { type Line, only } from "../../../bench/scenarios/line.ts";
import { SCENARIOS, type Scenario } from "../../../bench/scenarios/scenarios.ts";
import { readWorker } from "../../../bench/workers/worker.ts";
import { measurement } from "../measurement.ts";

const lineOf = (name: string): Line => ({
  name,
  mix: only({ command: "/bin/true" }),
  jobs: 2,
  warmUp: 0,
  own: [],
});
const LINES = [lineOf("x"), lineOf("y")];
const WORKERS = [readWorker("a=a"), readWorker("b@y=b")];

describe("the turns of a run", () => {
  it("alternate the workers on each line they take part in", () => {
    const turns = turnsOf({ lines: LINES, workers: WORKERS, reps: 2 });
    expect(turns.map(({ line, worker }) => line.name + worker.name)).toEqual([
      ...["xa", "xa"],
      ...["ya", "yb", "ya", "yb"],
    ]);
  });
});

describe("the turns of a scenario that compares its lines", () => {
  it("alternate the lines as well", () => {
    const turns = turnsOf({ lines: LINES, workers: WORKERS, reps: 2 }, { linesTakeTurns: true });
    expect(turns.map(({ line, worker }) => line.name + worker.name)).toEqual([
      ...["xa", "ya", "yb"],
      ...["xa", "ya", "yb"],
    ]);
  });
});

describe("a run", () => {
  const planOf = (measure: Scenario["measure"]) => {
    const [scenario] = SCENARIOS.map((one) => ({ ...one, measure }));
    if (scenario === undefined) throw new Error("no scenario");
    return { scenario, lines: LINES, workers: WORKERS, reps: 1 };
  };
  const circumstancesOf = (stop: AbortController): Circumstances => ({
    settings: { pool: 1, key: undefined, jobs: undefined, rate: undefined, seconds: undefined, scale: 1 },
    standIns: { cpuMs: () => 0 },
    signal: stop.signal,
  });

  it("goes on when a worker fails", async () => {
    const plan = planOf(async ({ name }) => {
      if (name === "a") throw new Error("no");
      return measurement(name, {});
    });
    const say = vi.fn();
    const { measurements, failures } = await runAll(plan, circumstancesOf(new AbortController()), say);
    expect(measurements.map(({ worker }) => worker)).toEqual(["b"]);
    expect(failures).toEqual([
      { line: "x", worker: "a", message: "no" },
      { line: "y", worker: "a", message: "no" },
    ]);
    expect(say.mock.calls.flat()).toEqual(["x a: no", "y a: no", expect.stringContaining("b: ")]);
  });

  it("ends after the turn in which it is told to stop", async () => {
    const stop = new AbortController();
    const plan = planOf(async ({ name }, line) => {
      stop.abort();
      return measurement(name, {}, { line: line.name });
    });
    const { measurements } = await runAll(plan, circumstancesOf(stop), vi.fn());
    expect(measurements.map(({ line }) => line)).toEqual(["x"]);
  });
});
