import { DUMMY } from "./commands.ts";
import { type Line, only } from "./line.ts";

const NULL = { mix: only(DUMMY), warmUp: 2000, own: ["--native_checks=on"] } as const;

/** The scenario `nulljobs`: what a job costs when no process is started for it. */
export const NULL_LINES: readonly Line[] = [
  { name: "null-burst", jobs: 40_000, ...NULL },
  { name: "null-offered", jobs: 60_000, rate: 20_000, ...NULL },
];
