import { ENTRIES, FILE_AGE, JSON_VALUE, LARGE, LOADED, WARM } from "./commands.ts";
import type { Line, Part } from "./line.ts";

export interface NamedPart extends Part {
  readonly name: string;
}

const SERVICE = { queue: "service", isTimed: true } as const;
/** These take long by themselves, so their latency says nothing about the worker. */
const HOST = { queue: "host", isTimed: false } as const;
const WAITING = { queue: "service", isTimed: false } as const;

const UPTIME = ".1.3.6.1.2.1.1.3.0";
/** Several values in one question, as graphs of interfaces ask them. */
const SEVERAL = ".1.3.6.1.2.1.1.3.0,.1.3.6.1.2.1.1.5.0,.1.3.6.1.2.1.25.1.1.0,.1.3.6.1.2.1.25.1.6.0";
const V3 = "-P 3 -L authPriv -U shaaes -a SHA -A authpass123 -x AES -X privpass123";
const SSH = "-i {sshkey} -o UserKnownHostsFile={knownhosts}";
const ANY_SNMP = "^SNMP OK - ";

/**
 * 1,750 hosts and 11,000 services of a team with host, SSH, SNMP, database and Windows queues; the share is
 * the number of checks a minute. About six services of a kind are on one host.
 */
export const SITE_MIX: readonly NamedPart[] = [
  {
    name: "icmp",
    share: 1500,
    ...HOST,
    command: "{plugins}/check_icmp -H %h1500 -w 3000,80% -c 5000,100%",
    output: "^OK - ",
  },
  {
    name: "ping",
    share: 250,
    ...HOST,
    command: "{plugins}/check_ping -H %h250 -w 3000,80% -c 5000,100% -p 5",
    output: "^PING OK - ",
  },
  {
    name: "snmp-v2c",
    share: 1000,
    ...SERVICE,
    command: `{plugins}/check_snmp -H %h330 -p {snmp} -P 2c -C public -o ${UPTIME}`,
    output: ANY_SNMP,
  },
  {
    name: "snmp-v2c-several",
    share: 1000,
    ...SERVICE,
    command: `{plugins}/check_snmp -H %h330 -p {snmp} -P 2c -C public -o ${SEVERAL}`,
    output: ANY_SNMP,
  },
  {
    name: "snmp-v3-several",
    share: 1000,
    ...SERVICE,
    command: `{plugins}/check_snmp -H %h170 -p {snmp} ${V3} -o ${SEVERAL}`,
    output: ANY_SNMP,
  },
  {
    name: "by-ssh",
    share: 1500,
    ...SERVICE,
    command: `{plugins}/check_by_ssh -H %h250 -p {sshd} ${SSH} -C 'echo all is well'`,
    output: "^all is well$",
  },
  {
    name: "nrpe-adh",
    share: 1200,
    ...SERVICE,
    command: "{plugins}/check_nrpe -H %h200 -p {nrpe} -c check_load",
    output: "^OK - load average",
  },
  {
    name: "nsc-web",
    share: 800,
    ...SERVICE,
    command: "{nscweb} -k -p secret -u https://%h130:{agent} check_load",
    output: "^OK - total load average",
  },
  {
    name: "http",
    share: 600,
    ...SERVICE,
    command: "{plugins}/check_http -H %h150 -p {http}",
    output: "^HTTP OK: HTTP/1.1 200 OK",
  },
  {
    name: "https",
    share: 300,
    ...SERVICE,
    command: "{plugins}/check_http -H %h75 -p {tlspages} -S",
    output: "^HTTP OK: HTTP/1.1 200 OK",
  },
  {
    name: "tcp",
    share: 600,
    ...SERVICE,
    command: "{plugins}/check_tcp -H %h300 -p {tcp}",
    output: "^TCP OK - ",
  },
  {
    name: "pgsql",
    share: 400,
    ...SERVICE,
    command: "{plugins}/check_pgsql -H 127.0.0.1 -P {postgresql} -l postgres -p pgsecret -q 'select 42'",
    output: "^ ?OK - database template1 ",
  },
  {
    name: "mysql-query",
    share: 300,
    ...SERVICE,
    command:
      "{plugins}/check_mysql_query -H 127.0.0.1 -P {mariadb} -u mon -p mysecret -q 'select 42' -w 50 -c 60",
    output: "^QUERY OK: 'select 42' returned 42",
  },
  {
    name: "ssh",
    share: 300,
    ...SERVICE,
    command: "{plugins}/check_ssh -p {banner} %h300",
    output: "^SSH OK - ",
  },
  { name: "file-age", share: 400, ...SERVICE, ...FILE_AGE },
  { name: "entries", share: 200, ...SERVICE, ...ENTRIES },
  { name: "large", share: 200, ...SERVICE, ...LARGE },
  { name: "json-value", share: 400, ...SERVICE, ...JSON_VALUE },
  {
    name: "spool",
    share: 500,
    ...SERVICE,
    command: "{data}/check_spool.sh {data} 100 200",
    output: "^SPOOL OK - ",
  },
  { name: "sleep-1", share: 180, ...WAITING, command: "/bin/sleep 1" },
  { name: "sleep-2", share: 90, ...WAITING, command: "/bin/sleep 2" },
  { name: "sleep-3", share: 30, ...WAITING, command: "/bin/sleep 3" },
];

const CHECKS = SITE_MIX.reduce((sum, { share }) => sum + share, 0);
const MINUTE = 60;
const SITE = {
  mix: SITE_MIX,
  jobs: CHECKS,
  rate: CHECKS / MINUTE,
  pool: 100,
  warmUp: 400,
  minutes: 10,
} as const;
/** check_large.pl says -epn, as many large plugins do; docs/warm-interpreters.md tells how to find out. */
export const INSIDE = ["--native_checks=on", ...WARM, ...LOADED, "--warm_include=check_large.pl"] as const;

/** The options that keep connections, TLS sessions and logins. */
export const KEPT = [
  "--native_http_keepalive=on",
  "--native_ssh_keepalive=on",
  "--native_nsc_keepalive=on",
  "--native_nrpe_resume=on",
  "--native_db_pool=on",
] as const;

/**
 * The scenario `site`: every check once a minute, evenly spread. `site-kept` keeps connections, and
 * `site-exec` runs every plugin as a process.
 */
export const SITE_LINES: readonly Line[] = [
  { name: "site", ...SITE, own: INSIDE },
  { name: "site-kept", ...SITE, own: [...INSIDE, ...KEPT], isOwnOnly: true },
  { name: "site-exec", ...SITE, own: ["--native_checks=off"], minutes: 1, isOwnOnly: true },
];
