import { EXECUTED, TRUE } from "./commands.ts";
import { type Line, only } from "./line.ts";

const IDLE = { mix: only(TRUE), jobs: 0, ...EXECUTED } as const;

/** The scenario `idle`: the jobs of the warm-up, and no job after them. */
export const IDLE_LINES: readonly Line[] = [
  { name: "idle10", pool: 10, ...IDLE },
  { name: "idle500", pool: 500, ...IDLE },
];
