import { EXECUTING } from "./commands.ts";
import type { Line, Part } from "./line.ts";

const SERVICE = { queue: "service", isTimed: true } as const;
/** A check of a name that no check has asked for before. */
const check = (name: string) => `{plugins}/check_tcp -H ${name}%i.test -p {tcp}`;

/** Names whose name server is 50 ms away. */
const FAR: Part = { share: 1, ...SERVICE, command: check("far"), output: "^TCP OK - " };
/** Names whose name server answers never, or after six seconds. */
export const SLOW_NAMES: readonly Part[] = [
  {
    share: 15,
    queue: "service",
    isTimed: false,
    command: check("silent"),
    returnCode: 2,
    output: "^TCP CRITICAL - Invalid hostname, address or socket: silent",
  },
  { share: 15, queue: "service", isTimed: false, command: check("slow"), output: "^TCP OK - " },
];
const QUICK: Part = {
  share: 100,
  ...SERVICE,
  command: "{plugins}/check_tcp -H localhost -p {tcp}",
  output: "^TCP OK - ",
};

/** Starts a worker with a name server of the benchmark's. */
export const WITH_NAMES = ["{withNames}", "{names}"] as const;
const RUN = { pool: 600, warmUp: 0, under: WITH_NAMES } as const;
const FAR_NAMES = { ...RUN, mix: [FAR], jobs: 2_000, rate: 100 };
const BESIDE = { ...RUN, mix: [QUICK, ...SLOW_NAMES], jobs: 2_600, rate: 130 };

/** The scenario `slow-names`: new names all the time, or quick checks beside names that are slow. */
export const SLOW_NAMES_LINES: readonly Line[] = [
  { name: "far-names", ...FAR_NAMES, own: ["--native_checks=on"] },
  { name: "far-names-exec", ...FAR_NAMES, own: EXECUTING, isOwnOnly: true },
  { name: "slow-names", ...BESIDE, own: ["--native_checks=on"], hasLoopDelay: true },
  { name: "slow-names-exec", ...BESIDE, own: EXECUTING, isOwnOnly: true },
];
