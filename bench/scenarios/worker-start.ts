import type { Line } from "./line.ts";

/** These workers get no jobs. The runs of the warm-up fill the caches of the disk and of the compiler. */
const STARTS = { mix: [], warmUp: 2 } as const;

/** The scenario `start`: a command that prints a line and ends. `own` are the words of the command. */
export const START_LINES: readonly Line[] = [
  { name: "version", ...STARTS, jobs: 20, pool: 1, own: ["version"], isOwnOnly: true },
  { name: "top-version", ...STARTS, jobs: 20, pool: 1, own: ["top", "--version"], isOwnOnly: true },
];

/** The scenario `register`: from the start of a worker until gearmand knows it. */
export const REGISTER_LINES: readonly Line[] = [{ name: "registered", ...STARTS, jobs: 10, own: [] }];
