import { expect, it } from "vitest";
import { runChaos } from "../../bench/chaos/run.ts";
import { ownProgram, ownVariant } from "../../bench/chaos/variants.ts";
import { isSound } from "../../bench/chaos/verdict.ts";
import { createPki } from "../support/gearman/tls-gearmand.ts";
import { hasServer } from "../support/servers/installed.ts";

/**
 * The short form of `npm run chaos`. In this plan each kind of disturbance is done to gearmand and to a
 * worker, and a worker that was killed starts while gearmand is away.
 */
const PLAN = { seed: 42_400, seconds: 18, jobs: 500 };

it.skipIf(!hasServer("gearmand"))(
  "while gearmand and two workers are killed, stopped and restarted, no job is lost or run again without a cause",
  async () => {
    using pki = createPki();
    const { template } = ownVariant("spool", await ownProgram(true), pki);
    const told: string[] = [];
    const run = await runChaos({ ...PLAN, template, tell: (line) => told.push(line) });
    expect(isSound(run), `${JSON.stringify(run)}\n${told.join("\n")}`).toBe(true);
    expect(run).toMatchObject({ jobs: PLAN.jobs, lost: 0, wrong: 0, neverRun: 0 });
    expect(told).toEqual([
      "3.6 s: kill worker 1",
      "3.6 s: restart worker 2",
      "3.8 s: stop gearmand",
      "6.6 s: kill gearmand",
      "8.4 s: stop worker 2",
      "12.8 s: restart gearmand",
    ]);
  },
  120_000,
);
