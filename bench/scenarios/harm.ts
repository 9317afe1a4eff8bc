import { join } from "node:path";
import type { Line, Part } from "./line.ts";

const BENCH = join(import.meta.dirname, "..");

/** Quick checks that must not notice: two of the worker's own, and one of the site's in another folder. */
const OTHERS: readonly Pick<Part, "command" | "output">[] = [
  { command: "{plugins}/check_dummy 0 ok", output: "^OK: ok$" },
  { command: "{plugins}/check_tcp -H 127.0.0.1 -p {tcp}", output: "^TCP OK - " },
  { command: "./nowhere/check_sum -w 10 -c 20 3 4", output: "^SUM OK - 7" },
];

/** A quick check of the site's in the same folder. */
const NEAR: Pick<Part, "command" | "output"> = { command: "./nowhere/check_near", output: "^near$" };

const HARMS = [
  { harm: "none", output: "^no harm$", returnCode: 0 },
  {
    harm: "exit",
    output: "^UNKNOWN: check_harm has ended its thread: it called process.exit",
    returnCode: 3,
  },
  {
    harm: "loop",
    output: "^UNKNOWN: check_harm has ended its thread: it kept its thread busy",
    returnCode: 3,
  },
  { harm: "memory", output: "^UNKNOWN: check_harm has ended its thread: it ", returnCode: 3 },
] as const;

const LINE = { jobs: 2_000, rate: 200, warmUp: 400, pool: 100, hasLoopDelay: true, isOwnOnly: true } as const;
const FOLDERS = ["plugins", "harm"].map((folder) => `--plugin_path=${join(BENCH, folder)}`);

/** The scenario `harm`: quick checks, and a second after them one that ends or blocks its thread. */
export const HARM_LINES: readonly Line[] = HARMS.flatMap(({ harm, output, returnCode }) => {
  const harmful: Part = {
    command: `./nowhere/check_harm --${harm}`,
    output,
    returnCode,
    share: 0,
    queue: "service",
    isTimed: false,
    storm: 1,
  };
  const line = (name: string, quick: readonly Pick<Part, "command" | "output">[]): Line => {
    const parts = quick.map((part) => ({ ...part, share: 1, queue: "service", isTimed: true }) as const);
    return { ...LINE, name, mix: [...parts, harmful], own: ["--native_checks=on", ...FOLDERS] };
  };
  return [line(`harm-${harm}`, OTHERS), line(`harm-${harm}-near`, [NEAR])];
});
