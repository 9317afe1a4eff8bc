import { parseArgs } from "node:util";
import { readWorker } from "../workers/worker.ts";
import { isVariantName, type NamedTemplate, VARIANT_NAMES, type VariantName } from "./variants.ts";

export interface ChaosArguments {
  readonly peers: readonly NamedTemplate[];
  readonly seconds: number;
  readonly jobs: number;
  readonly seed: number;
  /** None: peers alone. */
  readonly own: readonly VariantName[];
  readonly fromSource: boolean;
  readonly keep: boolean;
  readonly publish: boolean;
}

export const HELP = `npm run chaos -- [options]

  --minutes N              how long jobs are submitted and programs are killed (3)
  --jobs N                 how many jobs, at an even rate (100 a second)
  --seed N                 the same number makes the same plan; without it another one each time
  --worker 'NAME=COMMAND'  a peer, again and again; {port}, {name} and {folder} are replaced: the
                           port of gearmand, a name and an empty folder for each of the two workers;
                           with {key} jobs and results are encrypted
  --own a,b                our worker in these ways, one after another (spool), or none:
                           spool    with result_spool, in clear text
                           default  without it
                           key      with result_spool and encryption
                           tls      with result_spool, over TLS to the gearmand that GEARMAND_TLS names
  --from-source            our worker from src/ instead of a fresh build
  --publish                writes bench/results/chaos.json instead of bench/results/DATE-chaos.json
  --keep                   leaves the ledger, the results and the logs of the workers, and says where
`;

const JOBS_A_SECOND = 100;
const MOST_SEED = 2 ** 31;

/** Returns undefined when the help is asked for. */
export function readChaosArguments(argv: readonly string[]): ChaosArguments | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      minutes: { type: "string", default: "3" },
      jobs: { type: "string" },
      seed: { type: "string" },
      worker: { type: "string", multiple: true, default: [] },
      own: { type: "string", default: "spool" },
      publish: { type: "boolean", default: false },
      "from-source": { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const seconds = readNumber("minutes", values.minutes) * 60;
  const { jobs = String(Math.ceil(seconds * JOBS_A_SECOND)), seed } = values;
  return {
    peers: values.worker.map(readWorker),
    seconds,
    jobs: Math.ceil(readNumber("jobs", jobs)),
    seed: seed === undefined ? Math.floor(Math.random() * MOST_SEED) : readNumber("seed", seed),
    own: values.own === "none" ? [] : values.own.split(",").map(readVariant),
    publish: values.publish,
    fromSource: values["from-source"],
    keep: values.keep,
  };
}

function readVariant(name: string): VariantName {
  if (isVariantName(name)) return name;
  throw new Error(`--own: none is called ${name}, there are ${VARIANT_NAMES.join()}`);
}

function readNumber(option: string, text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= MOST_SEED)) throw new Error(`--${option}: not a number above 0: ${text}`);
  return number;
}
