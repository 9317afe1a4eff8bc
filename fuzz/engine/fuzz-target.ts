import { collectGarbage } from "../../src/collect-garbage.ts";
import type { Finding } from "./finding.ts";
import { findIn, fuzzPure } from "./fuzz-pure.ts";
import { findInServed, fuzzServed } from "./fuzz-served.ts";
import { type Minimised, minimise } from "./minimise.ts";
import type { Plan, Tally } from "./plan.ts";
import type { Target } from "./target.ts";

/** Memory that a target may keep: caches of regular expressions, of code, of connections. */
const MOST_GROWN = 48 * 1024 * 1024;

export async function fuzzTarget(target: Target, plan: Plan): Promise<Tally> {
  const before = plan.inUseBytes ?? memoryInUse();
  const start = process.cpuUsage();
  const tally = target.kind === "pure" ? fuzzPure(target, plan) : await fuzzServed(target, plan);
  const { user, system } = process.cpuUsage(start);
  const inUseBytes = memoryInUse();
  const grownBytes = inUseBytes - before;
  const findings = [...tally.findings, ...grown(grownBytes)];
  return { ...tally, findings, cpuSeconds: (user + system) / 1e6, inUseBytes, grownBytes };
}

function memoryInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function grown(bytes: number): readonly Finding[] {
  if (bytes <= MOST_GROWN) return [];
  const text = `the target has kept ${Math.round(bytes / 1024 / 1024)} MiB`;
  return [{ key: "memory", text, input: Buffer.alloc(0) }];
}

/** Looks at one input, as the tests do with those that were findings once. Undefined: nothing is wrong. */
export async function tryInput(target: Target, input: Buffer, slowMs: number): Promise<Finding | undefined> {
  if (target.kind === "pure") return findIn(target, input, slowMs);
  await using running = await target.start();
  return findInServed(target, running, input);
}

/** The shortest input with the same finding, as far as the time allows. */
export async function shorten(
  target: Target,
  { key, input }: Finding,
  { slowMs, untilMs }: Pick<Plan, "slowMs" | "untilMs">,
): Promise<Minimised> {
  const isSame = async (bytes: Buffer) => (await tryInput(target, bytes, slowMs))?.key === key;
  return minimise(input, isSame, untilMs);
}
