import { describe, expect, it } from "vitest";
import { BUILTIN_CHECKS } from "../../plugins/index.ts";

/** The words of a line for each check that asks another machine, and the host that it asks. */
const LINES: readonly (readonly [line: string, target: string])[] = [
  ["check_by_ssh -H a -C uptime", "a"],
  ["check_clamd -H a", "a"],
  ["check_curl -I 192.0.2.1 -H www.example.org", "192.0.2.1"],
  ["check_dns -H www.example.org -s 192.0.2.1", "192.0.2.1"],
  ["check_fping -H a", "a"],
  ["check_ftp -H a", "a"],
  ["check_host -H a", "a"],
  ["check_http -H www.example.org", "www.example.org"],
  ["check_http -I 192.0.2.1 -H www.example.org", "192.0.2.1"],
  ["check_icmp -H a", "a"],
  ["check_imap -H a", "a"],
  ["check_jabber -H a", "a"],
  ["check_mssql -H a -u me -p x", "a"],
  ["check_mssql_health --hostname a --username me --password x --mode connection-time", "a"],
  ["check_mysql -H a", "a"],
  ["check_mysql_query -H a -q SELECT", "a"],
  ["check_nntp -H a", "a"],
  ["check_nntps -H a", "a"],
  ["check_nrpe -H a -c check_load", "a"],
  ["check_nsc_web -p x -u https://a:8443 check_cpu", "a"],
  ["check_nt -H a -v UPTIME", "a"],
  ["check_pgsql -H a", "a"],
  ["check_ping -H a -w 1,10% -c 2,20%", "a"],
  ["check_pop -H a", "a"],
  ["check_prometheus mode ping --address http://a:9090", "a"],
  ["check_simap -H a", "a"],
  ["check_smtp -H a", "a"],
  ["check_snmp -H a -C public -o 1.3.6.1.2.1.1.3.0", "a"],
  ["check_spop -H a", "a"],
  ["check_ssh -H a", "a"],
  ["check_ssh a", "a"],
  ["check_ssmtp -H a", "a"],
  ["check_tcp -H a -p 80", "a"],
  ["check_udp -H a -p 80 -s x -e y", "a"],
];

/** They ask this machine, or nothing. */
const LOCAL = [
  "check_disk",
  "check_dummy",
  "check_load",
  "check_procs",
  "check_swap",
  "check_users",
  "negate",
];

const targetOf = (line: string) => {
  const [name, ...words] = line.split(" ");
  const understood = BUILTIN_CHECKS.find((check) => check.name === name)?.understand(words);
  return understood === undefined ? "not understood" : understood.target;
};

describe("the target of a check", () => {
  it.each(LINES)("%s", (line, target) => expect(targetOf(line)).toBe(target));

  it.each(["check_icmp -H a -H b", "check_mysql", "check_dns -H a"])("does not exist: %s", (line) => {
    expect(targetOf(line)).toBeUndefined();
  });

  it("is known of each check that has one", () => {
    const named = new Set(LINES.map(([line]) => line.split(" ")[0]));
    expect(BUILTIN_CHECKS.map(({ name }) => name).toSorted()).toEqual([...named, ...LOCAL].toSorted());
  });
});
