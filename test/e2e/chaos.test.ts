import { expect, it } from "vitest";
import { ownTemplate } from "../../bench/chaos/own-worker.ts";
import { runChaos } from "../../bench/chaos/run.ts";
import { isSound } from "../../bench/chaos/verdict.ts";
import { hasServer } from "../support/servers/installed.ts";

/** The short form of `npm run chaos`. In this plan a worker is killed and starts while gearmand is away. */
const PLAN = { seed: 858, seconds: 14, jobs: 400 };

it.skipIf(!hasServer("gearmand"))(
  "while gearmand and two workers are killed, stopped and restarted, no job is lost or run again without a cause",
  async () => {
    const { template } = await ownTemplate(true);
    const told: string[] = [];
    const run = await runChaos({ ...PLAN, template, tell: (line) => told.push(line) });
    expect(isSound(run), `${JSON.stringify(run)}\n${told.join("\n")}`).toBe(true);
    expect(run).toMatchObject({ jobs: PLAN.jobs, lost: 0 });
    expect(told).toEqual([
      "5.0 s: kill gearmand",
      "5.3 s: stop worker 1",
      "5.9 s: stop worker 2",
      "9.1 s: kill worker 1",
    ]);
  },
  120_000,
);
