import { readCorpus } from "./engine/corpus.ts";
import { keepFixture } from "./engine/fixtures.ts";
import { fuzzTarget, shorten } from "./engine/fuzz-target.ts";
import type { Tally } from "./engine/plan.ts";
import type { Target } from "./engine/target.ts";
import { measureMemory, renderMemory } from "./memory.ts";
import { HELP, type Options, readOptions } from "./options.ts";
import { TARGETS } from "./targets/index.ts";

/** A quiet machine needs a third of it for the slowest good input. */
const SLOW_MS = 500;
/** For all findings of all targets. Each one has its own limit, too. */
const MOST_SHORTENING_MS = 120_000;

const options = readOptions(process.argv.slice(2), TARGETS);
if (options === undefined) console.log(HELP);
else process.exitCode = (await fuzz(options)) ? 0 : 1;

/** Returns true when nothing was found. */
async function fuzz({ targets, seed, runs, seconds, keep }: Options): Promise<boolean> {
  console.log(`seed 0x${seed.toString(16).padStart(16, "0")}, ${targets.length} targets`);
  const share = (seconds * 1000) / targets.length;
  let [all, found] = [0, 0];
  const before = measureMemory();
  let leftMs = MOST_SHORTENING_MS;
  for (const target of targets) {
    const corpus = readCorpus(target.name);
    const plan = { seed, runs, corpus, untilMs: performance.now() + share, slowMs: SLOW_MS };
    const tally = await fuzzTarget(target, plan);
    console.log(renderTally(tally));
    const start = performance.now();
    await tellFindings(target, tally, { keep, untilMs: start + leftMs });
    leftMs -= performance.now() - start;
    all += tally.inputs;
    found += tally.findings.length;
  }
  console.log(`${all.toLocaleString("en")} inputs, ${found} findings`);
  console.log(renderMemory(before, measureMemory()));
  return found === 0;
}

function renderTally({ name, inputs, shapes, cpuSeconds, grownBytes, findings }: Tally): string {
  const rate = Math.round(inputs / Math.max(cpuSeconds, 0.001));
  const kept = (grownBytes / 1024 / 1024).toFixed(1);
  return [
    `${name.padEnd(24)} ${String(inputs).padStart(10)} inputs, ${String(rate).padStart(8)} a second of CPU`,
    `${shapes} kinds of results, ${kept} MiB kept, ${findings.length} findings`,
  ].join(", ");
}

/** A finding is told before it is shortened, so that it is known if that does not end. */
async function tellFindings(
  target: Target,
  { findings }: Tally,
  { keep, untilMs }: { readonly keep: boolean; readonly untilMs: number },
): Promise<void> {
  for (const finding of findings) {
    console.log(`\n${target.name}: ${finding.text}`);
    if (finding.input.length === 0) continue;
    const { input, isShortest } = await shorten(target, finding, { slowMs: SLOW_MS, untilMs });
    const shown = JSON.stringify(input.toString("latin1", 0, 300));
    const of = isShortest
      ? ""
      : ` of ${finding.input.length}, not shortened to the end: its tries or its time were over`;
    console.log(`  ${input.length} bytes${of}: ${shown}`);
    if (keep) console.log(`  ${keepFixture(target.name, input)}`);
  }
}
