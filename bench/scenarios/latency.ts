import { DUMMY, EXECUTED, MEGABYTE } from "./commands.ts";
import { type Line, only } from "./line.ts";

/** The scenario `latency`: jobs arrive one by one, with time in between. */
export const LATENCY_LINES: readonly Line[] = [
  { name: "steady", mix: only(DUMMY), jobs: 2500, rate: 250, hasLoopDelay: true, ...EXECUTED },
  // Four plugins a second last five seconds, four others print a megabyte: other checks should not wait for
  // them.
  {
    name: "mixed",
    mix: [
      { ...DUMMY, share: 242, queue: "service", isTimed: true },
      { command: "/bin/sleep 5", share: 4, queue: "service", isTimed: false },
      { ...MEGABYTE, share: 4, queue: "service", isTimed: false },
    ],
    jobs: 3750,
    rate: 250,
    pool: 50,
    hasLoopDelay: true,
    ...EXECUTED,
  },
];
