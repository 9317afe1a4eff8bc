import { DUMMY } from "./commands.ts";
import type { Line } from "./line.ts";
import { INSIDE, KEPT, type NamedPart, SITE_MIX } from "./site.ts";

/** Jobs a second that do nothing. They keep the worker as awake as the other checks of a site do. */
const BESIDE = 150;
/** Checks of the part a second: few, as on a site, and enough to be told from the others. */
const PART = 20;
const SECONDS = 15;
/** Each kind of check is run so often before: V8 has seen its code. */
const WARM_UP = 400;

/** They cost something else with the options that keep connections. */
const CONNECTING: readonly string[] = [
  "by-ssh",
  "nrpe-adh",
  "nsc-web",
  "http",
  "https",
  "pgsql",
  "mysql-query",
];
/** Waiting for one second, two or three costs the same. */
const ALIKE: readonly string[] = ["sleep-2", "sleep-3"];

const NOTHING_TO_DO = { ...DUMMY, share: BESIDE, queue: "service", isTimed: true } as const;

const WAITING_A_MINUTE = SITE_MIX.filter(({ name }) => name.startsWith("sleep-")).reduce(
  (sum, { share }) => sum + share,
  0,
);

/**
 * The scenario `site-parts`: what each kind of check adds to a worker that is awake anyway, and so what the
 * scenario `site` is made of. `-kept` keeps connections.
 */
export const SITE_PART_LINES: readonly Line[] = SITE_MIX.filter(({ name }) => !ALIKE.includes(name)).flatMap(
  (part) => [
    lineOf(part, `part-${part.name}`, INSIDE),
    ...(CONNECTING.includes(part.name) ? [lineOf(part, `part-${part.name}-kept`, [...INSIDE, ...KEPT])] : []),
  ],
);

function lineOf({ name, share, ...part }: NamedPart, line: string, own: Line["own"]): Line {
  const rate = BESIDE + PART;
  return {
    name: line,
    mix: [NOTHING_TO_DO, { ...part, share: PART }],
    jobs: rate * SECONDS,
    rate,
    pool: 100,
    warmUp: (WARM_UP * rate) / PART,
    own,
    isOwnOnly: true,
    perMinute: name === "sleep-1" ? WAITING_A_MINUTE : share,
  };
}
