import { parseArgs } from "node:util";
import type { Line, Wishes } from "./scenarios/line.ts";
import { atRate, SCENARIOS, type Scenario } from "./scenarios/scenarios.ts";
import type { Settings } from "./workers/warm-worker.ts";
import { readWorker, type Worker } from "./workers/worker.ts";

export interface Options extends Settings, Wishes {
  readonly scenario: Scenario;
  readonly lines: readonly Line[];
  readonly peers: readonly Worker[];
  readonly reps: number;
  readonly fromSource: boolean;
  readonly publish: boolean;
}

export const HELP = `npm run bench -- [options]

  --scenario NAME          what is asked (lines)
${SCENARIOS.map(({ name, about }) => `    ${name.padEnd(22)} ${about}`).join("\n")}
  --lines a,b              some of the scenario's lines only
${SCENARIOS.map(({ name, lines }) => `    ${name.padEnd(22)} ${lines.map((line) => line.name).join(", ")}`).join("\n")}
  --worker 'NAME=COMMAND'  a peer, again and again; {port} {w} {enc} {key} are replaced,
                           a word with {key} vanishes without --key; the first is the base of the ratios
  --worker 'NAME@a,b=COMMAND'  takes part in the lines a and b only; a name may have several commands
  --reps N                 repetitions, all workers in turn (3)
  --pool N                 workers, or jobs at once, where the line does not say (10)
  --jobs N                 jobs instead of the line's own number
  --rate N                 N jobs a second, and latencies, instead of the line's own rate or a burst
  --seconds N              how long an open load or idling lasts
  --scale X                jobs and rate times X, for a machine too small for the whole
  --key KEY                encryption on
  --from-source            our worker from src/ instead of a fresh build
  --publish                writes bench/results/SCENARIO.{json,svg} instead of bench/results/DATE-SCENARIO.{json,svg}
`;

/** Returns undefined when the help is asked for. */
export function readOptions(argv: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      scenario: { type: "string", default: "lines" },
      lines: { type: "string" },
      worker: { type: "string", multiple: true, default: [] },
      reps: { type: "string", default: "3" },
      pool: { type: "string", default: "10" },
      jobs: { type: "string" },
      rate: { type: "string" },
      seconds: { type: "string" },
      scale: { type: "string", default: "1" },
      key: { type: "string" },
      "from-source": { type: "boolean", default: false },
      publish: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const scenario = scenarioNamed(values.scenario);
  return {
    scenario: values.rate === undefined ? scenario : atRate(scenario),
    lines: values.lines === undefined ? scenario.lines : linesNamed(values.lines, scenario.lines, "--lines"),
    peers: values.worker.map(readPeer),
    reps: readCount("reps", values.reps),
    pool: readCount("pool", values.pool),
    jobs: values.jobs === undefined ? undefined : readCount("jobs", values.jobs),
    rate: values.rate === undefined ? undefined : readCount("rate", values.rate),
    seconds: values.seconds === undefined ? undefined : readCount("seconds", values.seconds),
    scale: readScale(values.scale),
    key: values.key,
    fromSource: values["from-source"],
    publish: values.publish,
  };
}

function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`--scenario: none is called ${name}`);
  return scenario;
}

function linesNamed(names: string, among: readonly Line[], option: string): readonly Line[] {
  return names.split(",").map((name) => {
    const line = among.find((one) => one.name === name);
    if (line === undefined) throw new Error(`${option}: no line is called ${name}`);
    return line;
  });
}

/** A peer may name lines of any scenario, so that the same `--worker` options serve every scenario. */
function readPeer(text: string): Worker {
  const peer = readWorker(text);
  const everyLine = SCENARIOS.flatMap(({ lines }) => lines);
  if (peer.lines) linesNamed(peer.lines.join(), everyLine, `--worker ${peer.name}`);
  return peer;
}

function readCount(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${option}: not a count: ${text}`);
  return count;
}

function readScale(text: string): number {
  const scale = Number(text);
  if (!(scale > 0 && scale < 1000)) throw new Error(`--scale: not a factor: ${text}`);
  return scale;
}
