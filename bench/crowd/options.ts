import { parseArgs } from "node:util";
import { isPhaseName, PHASE_NAMES, type PhaseName } from "./phases.ts";

export interface CrowdArguments {
  readonly workers: number;
  readonly rates: readonly number[];
  readonly seconds: number;
  readonly burst: number;
  readonly silence: number;
  readonly batch: number;
  /** Arguments of gearmand, as `--worker-wakeup=4`. */
  readonly gearmand: readonly string[];
  readonly phases: readonly PhaseName[];
  readonly fromSource: boolean;
  readonly publish: boolean;
}

export const CROWD_HELP = `npm run crowd -- [options]

  --workers N         worker processes on one gearmand (200)
  --phases a,b        what is measured (${PHASE_NAMES.join()})
  --rates a,b         jobs a second, one after another, in the phase steady; the first is that of the phases
                      rollout and silence, too (100,300)
  --seconds N         how long each rate is offered (20)
  --silence N         how long the second gearmand hangs in the phase silence (a third of --seconds)
  --burst N           jobs all at once in the phase burst (20000)
  --batch N           so many workers at a time are started and, in a roll-out, ended (20)
  --gearmand='ARGS'   more arguments of gearmand, as --worker-wakeup=4
  --from-source       workers from src/ instead of a fresh build
  --publish           writes bench/results/crowd.json instead of bench/results/DATE-crowd.json
`;

/** Returns undefined when the help is asked for. */
export function readCrowdArguments(argv: readonly string[]): CrowdArguments | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      workers: { type: "string", default: "200" },
      phases: { type: "string", default: PHASE_NAMES.join() },
      rates: { type: "string", default: "100,300" },
      seconds: { type: "string", default: "20" },
      silence: { type: "string" },
      burst: { type: "string", default: "20000" },
      batch: { type: "string", default: "20" },
      gearmand: { type: "string", default: "" },
      "from-source": { type: "boolean", default: false },
      publish: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const seconds = readCount("seconds", values.seconds);
  const { silence = String(Math.ceil(seconds / 3)) } = values;
  return {
    workers: readCount("workers", values.workers),
    phases: values.phases.split(",").map(readPhase),
    rates: values.rates.split(",").map((rate) => readCount("rates", rate)),
    seconds,
    silence: readCount("silence", silence),
    burst: readCount("burst", values.burst),
    batch: readCount("batch", values.batch),
    gearmand: values.gearmand.split(/\s+/).filter(Boolean),
    fromSource: values["from-source"],
    publish: values.publish,
  };
}

function readPhase(name: string): PhaseName {
  if (isPhaseName(name)) return name;
  throw new Error(`--phases: none is called ${name}, there are ${PHASE_NAMES.join()}`);
}

function readCount(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${option}: not a count: ${text}`);
  return count;
}
