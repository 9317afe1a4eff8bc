import { join } from "node:path";
import { DUMMY, EXECUTING } from "./commands.ts";
import { type Line, only, type Part } from "./line.ts";

interface Check extends Pick<Part, "command" | "output"> {
  readonly name: string;
  /** Fewer runs, for a check that takes long. */
  readonly counts?: Pick<Line, "jobs" | "warmUp">;
  /** A second line for the same check: its name, and arguments that make our worker answer in another way. */
  readonly other?: Pick<Check, "name" | "counts"> & { readonly own: readonly string[] };
}

/** After so many checks V8 has optimised the code, as it has on a site after some minutes. */
const OPTIMISED = { jobs: 10_000, warmUp: 20_000 } as const;

/** Command lines that a native check answers. Each asks a stand-in on this machine. */
const CHECKS: readonly Check[] = [
  { name: "tcp", command: "{plugins}/check_tcp -H 127.0.0.1 -p {tcp}", output: "^TCP OK - " },
  {
    name: "http",
    command: "{plugins}/check_http -H 127.0.0.1 -p {http}",
    output: "^HTTP OK: HTTP/1.1 200 OK",
    other: { name: "http-keepalive", own: ["--native_http_keepalive=on"] },
  },
  {
    name: "curl",
    command: "{plugins}/check_curl -H 127.0.0.1 -p {http}",
    output: "^HTTP OK: HTTP/1.1 200 OK",
  },
  {
    name: "curl-tls",
    command: "{plugins}/check_curl -S -H 127.0.0.1 -p {https}",
    output: "^HTTP OK: HTTP/1.1 200 OK",
    counts: { jobs: 2000, warmUp: 2000 },
  },
  { name: "dns", command: "{plugins}/check_dns -H web.example -s {nameserver}", output: "^DNS OK: " },
  {
    name: "prometheus",
    command: "{prometheusplugin} mode query --address http://127.0.0.1:{prometheus} -q up -w 2 -c 3",
    output: "^OK - Query: 'up'",
  },
  { name: "ssh", command: "{plugins}/check_ssh -p {banner} 127.0.0.1", output: "^SSH OK - OpenSSH_9.2p1" },
  {
    name: "snmp-v2c",
    command: "{plugins}/check_snmp -H 127.0.0.1 -p {snmp} -P 2c -C public -o .1.3.6.1.2.1.1.3.0",
    output: "^SNMP OK - ",
  },
  {
    name: "snmp-v3",
    command:
      "{plugins}/check_snmp -H 127.0.0.1 -p {snmp} -P 3 -L authPriv -U shaaes -a SHA -A authpass123 -x AES -X privpass123 " +
      "-o .1.3.6.1.2.1.1.3.0",
    output: "^SNMP OK - ",
  },
  {
    name: "nrpe-adh",
    command: "{plugins}/check_nrpe -H 127.0.0.1 -p {nrpe} -c check_load",
    output: "^OK - load average",
    counts: { jobs: 2000, warmUp: 2000 },
    other: {
      name: "nrpe-adh-resumed",
      own: ["--native_nrpe_resume=on"],
      counts: OPTIMISED,
    },
  },
  {
    name: "nrpe-plain",
    command: "{plugins}/check_nrpe -H 127.0.0.1 -p {nrpeplain} -n -c check_load",
    output: "^OK - load average",
  },
  {
    name: "nt",
    command: "{plugins}/check_nt -H 127.0.0.1 -p {nt} -v CLIENTVERSION",
    output: "^NSClient\\+\\+ 0.5.2",
  },
  {
    name: "nsc-web",
    command: "{nscweb} -k -p secret -u https://127.0.0.1:{agent} check_load",
    output: "^OK - total load average",
    counts: { jobs: 2000, warmUp: 2000 },
    other: {
      name: "nsc-web-keepalive",
      own: ["--native_nsc_keepalive=on"],
      counts: OPTIMISED,
    },
  },
  { name: "icmp", command: "{plugins}/check_icmp -n 1 127.0.0.1", output: "^OK - 127.0.0.1: rta " },
  {
    name: "by-ssh",
    command:
      "{plugins}/check_by_ssh -H 127.0.0.1 -p {sshd} -i {sshkey} -o UserKnownHostsFile={knownhosts} -C 'echo all is well'",
    output: "^all is well$",
    counts: { jobs: 1000, warmUp: 1000 },
    other: {
      name: "by-ssh-keepalive",
      own: ["--native_ssh_keepalive=on"],
      counts: { jobs: 5000, warmUp: 5000 },
    },
  },
  {
    name: "pgsql",
    command: "{plugins}/check_pgsql -H 127.0.0.1 -P {postgresql} -l postgres -p pgsecret -q 'select 42'",
    output: "^OK - database template1 ",
    counts: { jobs: 1000, warmUp: 500 },
    other: { name: "pgsql-pool", own: ["--native_db_pool=on"], counts: OPTIMISED },
  },
  {
    name: "mysql-query",
    command:
      "{plugins}/check_mysql_query -H 127.0.0.1 -P {mariadb} -u mon -p mysecret -q 'select 42' -w 50 -c 60",
    output: "^QUERY OK: 'select 42' returned 42",
    counts: { jobs: 1000, warmUp: 1000 },
    other: { name: "mysql-query-pool", own: ["--native_db_pool=on"], counts: OPTIMISED },
  },
  { name: "smtp", command: "{plugins}/check_smtp -H 127.0.0.1 -p {smtp}", output: "^SMTP OK - " },
  { name: "load", command: "{plugins}/check_load -w 500 -c 900", output: "^LOAD OK - " },
  { name: "users", command: "{plugins}/check_users -w 500 -c 900", output: "^USERS OK - " },
  { name: "swap", command: "{plugins}/check_swap -w 1 -n ok", output: "^SWAP OK - " },
  { name: "disk", command: "{plugins}/check_disk -w 0 -c 0 -p /", output: "^DISK OK - " },
  { name: "procs", command: "{plugins}/check_procs -w 100000 -c 200000", output: "^PROCS OK: " },
  {
    name: "procs-state",
    command: "{plugins}/check_procs -w 100000 -c 200000 -s Z",
    output: "^PROCS OK: ",
    counts: { jobs: 1000, warmUp: 1000 },
  },
];

const NATIVE = { ...OPTIMISED, own: ["--native_checks=on"] } as const;
const STARTED = { jobs: 400, warmUp: 50, own: EXECUTING, isOwnOnly: true } as const;

/** The same small check as one of the worker's own, and as one of the site's in the thread of its folder. */
const THREAD_LINES: readonly Line[] = [
  { name: "main-thread", mix: only(DUMMY), ...NATIVE, isOwnOnly: true },
  {
    name: "site-thread",
    mix: only({ command: "./nowhere/check_sum -w 10 -c 20 3 4", output: "^SUM OK - 7" }),
    ...NATIVE,
    own: [...NATIVE.own, `--plugin_path=${join(import.meta.dirname, "../plugins")}`],
    isOwnOnly: true,
  },
];

/** The scenario `native`: each check answered in the worker, and the same command line executed by it. */
export const NATIVE_LINES: readonly Line[] = [
  ...THREAD_LINES,
  ...CHECKS.flatMap(({ name, command, output = "", counts, other }) => {
    const mix = only({ command, output });
    const native = { ...NATIVE, ...counts, mix };
    return [
      { ...native, name },
      ...(other
        ? [
            {
              ...native,
              ...other.counts,
              name: other.name,
              own: [...NATIVE.own, ...other.own],
              isOwnOnly: true as const,
            },
          ]
        : []),
      { name: `${name}-exec`, mix, ...STARTED },
    ];
  }),
];
