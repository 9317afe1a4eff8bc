import { EXECUTING, FILE_AGE, JSON_VALUE, WARM } from "./commands.ts";
import type { Line, Part } from "./line.ts";

const TCP = { command: "{plugins}/check_tcp -H 127.0.0.1 -p {tcp}", output: "^TCP OK - " } as const;
const HOST = { queue: "host", isTimed: true } as const;
const SERVICE = { queue: "service", isTimed: true } as const;
/** A plugin that waits for its device. */
const WAITING = { queue: "service", isTimed: false } as const;

/** 1,750 hosts and 11,000 services; the share is the number of checks a minute. */
export const SITE_MIX: readonly Part[] = [
  { share: 1150, ...HOST, ...TCP },
  { share: 600, ...HOST, command: '{plugins}/check_dummy 0 "host is up"', output: "^OK: host is up$" },
  {
    share: 2500,
    ...SERVICE,
    command: "{plugins}/check_snmp -H 127.0.0.1 -p {snmp} -P 2c -C public -o .1.3.6.1.2.1.1.3.0",
    output: "^SNMP OK - ",
  },
  { share: 2500, ...SERVICE, ...TCP },
  { share: 1600, ...SERVICE, command: "{plugins}/check_dummy 0 ok", output: "^OK: ok$" },
  { share: 1300, ...SERVICE, command: '{plugins}/check_dummy 0 "all is well"', output: "^OK: all is well$" },
  { share: 550, ...SERVICE, command: "/bin/sh -c 'echo OK; exit 0'", output: "^OK$" },
  { share: 550, ...SERVICE, command: 'echo "a b" | grep -c a', output: "^1$" },
  { share: 1000, ...SERVICE, ...FILE_AGE },
  { share: 500, ...SERVICE, ...JSON_VALUE },
  { share: 300, ...WAITING, command: "/bin/sleep 1" },
  { share: 150, ...WAITING, command: "/bin/sleep 2" },
  { share: 50, ...WAITING, command: "/bin/sleep 3" },
];

const CHECKS = SITE_MIX.reduce((sum, { share }) => sum + share, 0);
const MINUTE = 60;
const SITE = { mix: SITE_MIX, jobs: CHECKS, rate: CHECKS / MINUTE, pool: 100, warmUp: 400 } as const;

/** The scenario `site`: every check once a minute, evenly spread. */
export const SITE_LINES: readonly Line[] = [
  { name: "site", ...SITE, own: ["--native_checks=on", ...WARM] },
  { name: "site-exec", ...SITE, own: EXECUTING, isOwnOnly: true },
];
