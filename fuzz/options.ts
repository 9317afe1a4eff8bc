import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import type { Target } from "./engine/target.ts";

export interface Options {
  readonly targets: readonly Target[];
  readonly seed: bigint;
  /** Inputs for each target. */
  readonly runs: number;
  /** Seconds for all targets together. */
  readonly seconds: number;
  readonly keep: boolean;
}

export const HELP = `npm run fuzz -- [options]

  --target a,b   these targets only (all)
  --runs N       inputs for each target (as many as the time allows)
  --minutes M    for all targets together, shared out evenly (10)
  --seed S       the same inputs again: 0x and up to 16 digits (a random one, which is printed)
  --keep         writes findings to test/fixtures/fuzz, made as short as possible
`;

const MINUTES = 10;

/** Undefined: the help is asked for. */
export function readOptions(argv: readonly string[], all: readonly Target[]): Options | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      target: { type: "string" },
      runs: { type: "string" },
      minutes: { type: "string", default: String(MINUTES) },
      seed: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    targets: values.target === undefined ? all : namedTargets(values.target, all),
    seed: values.seed === undefined ? randomBytes(8).readBigUInt64BE() : readSeed(values.seed),
    runs: values.runs === undefined ? Number.POSITIVE_INFINITY : readNumber("runs", values.runs),
    seconds: readNumber("minutes", values.minutes) * 60,
    keep: values.keep,
  };
}

function namedTargets(names: string, all: readonly Target[]): readonly Target[] {
  return names.split(",").map((name) => {
    const target = all.find((each) => each.name === name);
    if (target !== undefined) return target;
    throw new Error(`--target: none is called ${name}, there are ${all.map((each) => each.name).join(", ")}`);
  });
}

function readNumber(option: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${option}: no number above 0: ${text}`);
  return number;
}

function readSeed(text: string): bigint {
  if (!/^(?:0x[0-9a-f]{1,16}|[0-9]{1,19})$/i.test(text))
    throw new Error(`--seed: no number of 64 bits: ${text}`);
  return BigInt(text);
}
