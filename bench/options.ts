import { parseArgs } from "node:util";
import { LINES, type Line } from "./lines.ts";
import type { Settings } from "./measure.ts";
import { readWorker, type Worker } from "./workers.ts";

export interface Options extends Settings {
  readonly peers: readonly Worker[];
  readonly lines: readonly Line[];
  readonly reps: number;
  readonly fromSource: boolean;
  /** Where the JSON goes. */
  readonly json: string | undefined;
}

export const HELP = `npm run bench -- [options]

  --worker 'NAME=COMMAND'  a peer, again and again; {port} {w} {enc} {key} are replaced,
                           a word with {key} vanishes without --key; the first is the base of the ratios
  --lines a,b              ${LINES.map((line) => line.name).join(", ")}
  --reps N                 repetitions, all workers in turn (3)
  --pool N                 workers, or jobs at once (10)
  --jobs N                 jobs instead of the line's own number
  --rate N                 live: N jobs a second and latencies; else a burst
  --key KEY                encryption on
  --from-source            our worker from src/ instead of a fresh build
  --json FILE              instead of bench/results/DATE.json
`;

/** Undefined: the help is wanted. */
export function readOptions(argv: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      worker: { type: "string", multiple: true, default: [] },
      lines: { type: "string", default: LINES.map((line) => line.name).join() },
      reps: { type: "string", default: "3" },
      pool: { type: "string", default: "10" },
      jobs: { type: "string" },
      rate: { type: "string" },
      key: { type: "string" },
      "from-source": { type: "boolean", default: false },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    peers: values.worker.map(readWorker),
    lines: values.lines.split(",").map(lineNamed),
    reps: readCount("reps", values.reps),
    pool: readCount("pool", values.pool),
    jobs: values.jobs === undefined ? undefined : readCount("jobs", values.jobs),
    rate: values.rate === undefined ? undefined : readCount("rate", values.rate),
    key: values.key,
    fromSource: values["from-source"],
    json: values.json,
  };
}

function lineNamed(name: string): Line {
  const line = LINES.find((one) => one.name === name);
  if (line === undefined) throw new Error(`--lines: no line is called ${name}`);
  return line;
}

function readCount(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${option}: not a count: ${text}`);
  return count;
}
