import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CORPUS, readCorpus } from "../../fuzz/engine/corpus.ts";
import { readFixtures } from "../../fuzz/engine/fixtures.ts";
import { fuzzTarget, tryInput } from "../../fuzz/engine/fuzz-target.ts";
import type { Plan } from "../../fuzz/engine/plan.ts";
import type { Target } from "../../fuzz/engine/target.ts";
import { TARGETS } from "../../fuzz/targets/index.ts";

/** The same inputs at each run of the tests. `npm run fuzz` takes other ones. */
const SEED = 0x6f6d642d66757a7an;
const PURE_RUNS = 8_000;
const SERVED_RUNS = 60;
/** Far more than any input needs: the machine of the tests may be busy. */
const SLOW_MS = 5_000;

/** What is in the corpus comes in addition. */
const planFor = (target: Target): Plan => {
  const corpus = readCorpus(target.name);
  const runs = target.shortRuns ?? (target.kind === "pure" ? PURE_RUNS : SERVED_RUNS);
  const untilMs = Number.POSITIVE_INFINITY;
  return { seed: SEED, corpus, runs: runs + corpus.length, untilMs, slowMs: SLOW_MS };
};

describe("what reads bytes of others", () => {
  let inUseBytes: number | undefined;

  it.each(TARGETS)("takes any, $name", async (target) => {
    const tally = await fuzzTarget(target, { ...planFor(target), inUseBytes });
    const { findings, inputs, shapes } = tally;
    ({ inUseBytes } = tally);
    expect(findings.map(({ text, input }) => `${text}\n${input.toString("base64").slice(0, 2_000)}`)).toEqual(
      [],
    );
    expect(inputs).toBe(planFor(target).runs);
    // Inputs that are all refused at the first look would show nothing.
    expect(shapes).toBeGreaterThan(1);
  });
});

describe("what was found once", () => {
  const fixtures = readFixtures();

  it("has a target", () => {
    const known = TARGETS.map(({ name }) => name);
    expect(fixtures.filter(({ target }) => !known.includes(target))).toEqual([]);
    expect(fixtures.length).toBeGreaterThan(0);
  });

  it.each(fixtures)("is found no more, $target/$file", async ({ target: name, input }) => {
    const target = TARGETS.find((each) => each.name === name);
    expect(target).toBeDefined();
    expect(target && (await tryInput(target, input, SLOW_MS))?.text).toBeUndefined();
  });
});

describe("the corpus", () => {
  const files = readdirSync(CORPUS);

  it("has files of targets only, of less than 2 MB in all", () => {
    const known = TARGETS.map(({ name }) => `${name}.txt`);
    expect(files.filter((file) => !known.includes(file))).toEqual([]);
    expect(files.length).toBeGreaterThan(0);
    const texts = files.map((file) => readFileSync(join(CORPUS, file), "latin1"));
    expect(texts.join("").length).toBeLessThan(2_000_000);
  });
});
