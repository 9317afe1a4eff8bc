import { DUMMY } from "../scenarios/commands.ts";
import type { Line, Part } from "../scenarios/line.ts";
import { INSIDE, KEPT, SITE_MIX } from "../scenarios/site.ts";

const SERVICE = { queue: "service", isTimed: true } as const;

/** Checks that are answered in the worker and cost little, so that many of them fit beside the site's. */
const QUICK: readonly Omit<Part, "share">[] = [
  { ...SERVICE, ...DUMMY },
  {
    ...SERVICE,
    command: "{plugins}/check_snmp -H %h330 -p {snmp} -P 2c -C public -o .1.3.6.1.2.1.1.3.0",
    output: "^SNMP OK - ",
  },
  { ...SERVICE, command: "{plugins}/check_tcp -H %h300 -p {tcp}", output: "^TCP OK - " },
  {
    ...SERVICE,
    command: "{plugins}/check_http -H %h150 -p {http}",
    output: "^HTTP OK: HTTP/1.1 200 OK",
  },
];
const SITE_CHECKS = SITE_MIX.reduce((sum, { share }) => sum + share, 0);
const MINUTE = 60;

/** Hosts and services of the site. */
export const OBJECTS = SITE_CHECKS;

export interface SoakMix {
  /** Jobs a second. */
  readonly rate: number;
  /** The share of the site's rate that its checks have. */
  readonly site: number;
  /** These of the site's kinds only, at the whole rate. */
  readonly kinds?: readonly string[] | undefined;
  /** Connections, TLS sessions and logins are kept. */
  readonly kept?: boolean | undefined;
}

/**
 * A part of the site's rate with all kinds of its checks, and quick native checks for the rest. The options
 * are those of the scenario `site`; the worker has one arena of malloc, as in the images and the units.
 */
export function soakLine({ rate, site, kinds, kept = false }: SoakMix): Line {
  const parts = SITE_MIX.filter(({ name }) => kinds?.includes(name) ?? true);
  const checks = parts.reduce((sum, { share }) => sum + share, 0);
  const siteRate = kinds === undefined ? Math.min(rate, (SITE_CHECKS / MINUTE) * site) : rate;
  const quickRate = rate - siteRate;
  const mix = [
    ...parts.map((part) => ({ ...part, share: (part.share * siteRate) / checks })),
    ...QUICK.map((part) => ({ ...part, share: quickRate / QUICK.length })),
  ].filter(({ share }) => share > 0);
  return {
    name: "soak",
    mix,
    rate,
    jobs: OBJECTS,
    pool: 100,
    warmUp: 0,
    under: ["env", "MALLOC_ARENA_MAX=1"],
    own: [...INSIDE, ...(kept ? KEPT : [])],
    isOwnOnly: true,
  };
}

export const SITE_KINDS = SITE_MIX.map(({ name }) => name);
