import { readCorpus, writeCorpus } from "./engine/corpus.ts";
import { Coverage } from "./engine/coverage.ts";
import { chooseKept } from "./engine/keep.ts";

/*
 * Fuzzes each target, and writes to fuzz/corpus the inputs that reach code which its samples do not: of what
 * was kept before, and of what is new. V8 counts blocks of code that is loaded after it was told to, so what
 * has readers is loaded last.
 */

const HELP = `npm run fuzz-corpus -- [options]

  --target a,b   these targets only (all)
  --minutes M    for all targets together, shared out evenly (10); to choose takes as long again
  --seed S       0x and up to 16 digits (a random one, which is printed)
`;
const SLOW_MS = 500;
const MOST_SHORTENING_MS = 10_000;

using coverage = new Coverage();
const { fuzzTarget } = await import("./engine/fuzz-target.ts");
const { readOptions } = await import("./options.ts");
const { TARGETS } = await import("./targets/index.ts");

const options = readOptions(process.argv.slice(2), TARGETS);
if (options === undefined) console.log(HELP);
else {
  const { targets, seed, runs, seconds } = options;
  console.log(`seed 0x${seed.toString(16)}, ${targets.length} targets`);
  for (const target of targets) {
    const before = readCorpus(target.name);
    const untilMs = performance.now() + (seconds * 1000) / targets.length;
    const { added, findings } = await fuzzTarget(target, {
      seed,
      runs,
      corpus: before,
      untilMs,
      slowMs: SLOW_MS,
    });
    const candidates = [...before, ...added];
    const limitMs = performance.now() + MOST_SHORTENING_MS;
    const kept = await chooseKept(target, { coverage, candidates, untilMs: limitMs });
    writeCorpus(target.name, kept);
    const bytes = kept.reduce((sum, input) => sum + input.length, 0);
    const found = findings.length === 0 ? "" : `, ${findings.length} findings: see npm run fuzz`;
    console.log(`${target.name}: ${kept.length} of ${candidates.length}, ${bytes} bytes${found}`);
  }
}
