import { parseArgs } from "node:util";
import { SITE_KINDS } from "./mix.ts";

export interface SoakArguments {
  readonly seconds: number;
  readonly sampleSeconds: number;
  readonly rate: number;
  readonly site: number;
  readonly kinds: readonly string[] | undefined;
  readonly kept: boolean;
  readonly leak: number;
  readonly key: string | undefined;
  readonly fromSource: boolean;
  readonly publish: boolean;
}

export const SOAK_HELP = `npm run soak -- [options]

  --minutes N       how long jobs are submitted (60)
  --rate N          jobs a second (278: a million in an hour)
  --site X          so much of the rate of the scenario site has all kinds of its checks; the other jobs are
                    quick native ones (0.2: 42.5 a second)
  --kinds a,b       these kinds of the site only, at the whole rate, to see which one holds memory:
                    ${SITE_KINDS.join()}
  --kept            connections, TLS sessions and logins are kept
  --sample N        seconds from one look at the worker to the next (10)
  --key KEY         encryption on
  --plant-leak N    the worker is made to lose N KiB a second, descriptors and timers: the soak must say so
  --from-source     our worker from src/ instead of a fresh build
  --publish         writes bench/results/soak.{json,svg} instead of bench/results/DATE-soak.{json,svg}
`;

/** Returns undefined when the help is asked for. */
export function readSoakArguments(argv: readonly string[]): SoakArguments | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      minutes: { type: "string", default: "60" },
      rate: { type: "string", default: "278" },
      site: { type: "string", default: "0.2" },
      kinds: { type: "string" },
      kept: { type: "boolean", default: false },
      sample: { type: "string", default: "10" },
      key: { type: "string" },
      "plant-leak": { type: "string", default: "0" },
      "from-source": { type: "boolean", default: false },
      publish: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    seconds: readPositive("minutes", values.minutes) * 60,
    sampleSeconds: readPositive("sample", values.sample),
    rate: readPositive("rate", values.rate),
    site: readNumber("site", values.site),
    kinds: values.kinds?.split(",").map(readKind),
    kept: values.kept,
    leak: readNumber("plant-leak", values["plant-leak"]),
    key: values.key,
    fromSource: values["from-source"],
    publish: values.publish,
  };
}

function readKind(name: string): string {
  if (SITE_KINDS.includes(name)) return name;
  throw new Error(`--kinds: none is called ${name}, there are ${SITE_KINDS.join()}`);
}

function readPositive(option: string, text: string): number {
  const number = readNumber(option, text);
  if (number === 0) throw new Error(`--${option}: not a number above 0: ${text}`);
  return number;
}

function readNumber(option: string, text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0 && number < 1e6))
    throw new Error(`--${option}: not a number from 0 to a million: ${text}`);
  return number;
}
