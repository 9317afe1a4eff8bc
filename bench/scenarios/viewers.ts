import { DUMMY } from "./commands.ts";
import type { Line } from "./line.ts";
import { only } from "./line.ts";

/** The scenario `viewers`: a load that leaves the worker time, so that what the page costs is seen. */
export const VIEWERS_LINES: readonly Line[] = [
  {
    name: "viewers",
    mix: only(DUMMY),
    jobs: 4_000,
    rate: 200,
    warmUp: 500,
    own: ["--native_checks=on"],
    isOwnOnly: true,
  },
];
