import { describe, expect, it } from "vitest";
import type { Outcome } from "../../src/outcome/outcome.ts";
import { isSameAnswer } from "../../src/run/compare.ts";

const said = (stdout: string, returnCode = 0, stderr = ""): Outcome => ({
  kind: "exited",
  returnCode,
  stdout,
  stderr,
});

describe("two answers are the same if only times differ", () => {
  it.each([
    [
      "TCP OK - 0.002 second response time on 127.0.0.1 port 80|time=0.001946s;;;0.000000;10.000000\n",
      "TCP OK - 0.013 second response time on 127.0.0.1 port 80|time=0.012846s;;;0.000000;10.000000",
    ],
    [
      "PING OK - Packet loss = 0%, RTA = 0.04 ms|rta=0.039000ms;100.000000;500.000000;0.000000 pl=0%;20;60;0;\n",
      "PING OK - Packet loss = 0%, RTA = 1.04 ms|rta=1.039000ms;100.000000;500.000000;0.000000 pl=0%;20;60;0;\n",
    ],
    [
      "OK - h: rta 0.018ms, lost 0%|rta=0.018ms;200.000;500.000;0; pl=0%;40;80;; rtmax=0.041ms;;;; rtmin=0.011ms;;;; \n",
      "OK - h: rta 0.118ms, lost 0%|rta=0.118ms;200.000;500.000;0; pl=0%;40;80;; rtmax=1.041ms;;;; rtmin=0.001ms;;;; \n",
    ],
    [
      "OK - h responds to ICMP. Packet 1, rta 0.021ms|pkt=1;;;0;5 rta=0.021;1000.000;1000.000;;\n",
      "OK - h responds to ICMP. Packet 1, rta 0.031ms|pkt=1;;;0;5 rta=0.031;1000.000;1000.000;;\n",
    ],
    [" OK - database monitor (0.172565 sec.)", " OK - database monitor (0.002565 sec.)"],
    [
      "OK - 0.02 seconds to connect as mon | 'connection_time'=0.02;1;5;;",
      "OK - 0.11 seconds to connect as mon | 'connection_time'=0.11;1;5;;",
    ],
    ["CRITICAL - x\n40A7F:error:0A0001 y", "CRITICAL - x\n80B1C:error:0A0001 y"],
    [
      "SNMP OK - Timeticks: (8640123) 1 day, 0:00:01.23 | ",
      "SNMP OK - Timeticks: (8640323) 1 day, 0:00:03.23 | ",
    ],
  ])("%s", (one, other) => {
    expect(isSameAnswer(said(one), said(other), "check_x")).toBe(true);
  });

  it.each(["1", " ", "1.", "A"])("in a million of %j, which are read once", (text) => {
    const long = said(text.repeat(1_000_000));
    expect(isSameAnswer(long, long, "check_x")).toBe(true);
  });

  it("and if both timed out", () => {
    const late: Outcome = { kind: "timed-out", after: 60, stdout: "", stderr: "" };
    expect(isSameAnswer(late, { ...late, stdout: "half" }, "check_x")).toBe(true);
    expect(isSameAnswer(late, said(""), "check_x")).toBe(false);
    expect(isSameAnswer(said(""), late, "check_x")).toBe(false);
  });
});

describe("two answers differ", () => {
  it.each<[string, Outcome, Outcome]>([
    ["of the return code", said("x", 1), said("x", 2)],
    ["of a word", said("TCP OK"), said("TCP WARNING")],
    ["of a threshold", said("|time=0.001946s;1.000000"), said("|time=0.001946s;2.000000")],
    ["of a value without a unit", said("|users=1.5"), said("|users=2.5")],
    ["of whole seconds", said("timeout after 10 seconds"), said("timeout after 2 seconds")],
    ["of a unit", said("|time=0.5s"), said("|time=0.5ms")],
    ["in front", said(" OK"), said("OK")],
    ["on stderr", said("", 3, "a"), said("", 3, "b")],
    ["of how it ended", said(""), { kind: "crashed", error: "a fault" }],
  ])("%s", (_, one, other) => {
    expect(isSameAnswer(one, other, "check_x")).toBe(false);
  });
});

const MYSQL =
  "Uptime: 678  Threads: 1  Questions: 9  Slow queries: 0  Opens: 21  Open tables: 14  Queries per second avg: 0.013|Connections=4c;;;; Open_files=29;;;; Queries=9c;;;; Threads_connected=1;;;; Uptime=678c;;;;\n";
const MYSQL_LATER =
  "Uptime: 679  Threads: 2  Questions: 15  Slow queries: 1  Opens: 22  Open tables: 15  Queries per second avg: 0.022|Connections=5c;;;; Open_files=30;;;; Queries=15c;;;; Threads_connected=2;;;; Uptime=679c;;;;\n";
const NT = "System Uptime - 1 day(s) 10 hour(s) 17 minute(s) |uptime=2057\n";
const WEB = "CRITICAL - uptime: 31m, boot: 2026-11-23 06:47:48 UTC |'uptime'=1903s;172800:;86400:;;\n";
const HEALTH = "OK - instance started at 2024-05-01T08:00:00.123 | 'uptime'=86400;900:;300:;;\n";
const SNMP = "SNMP OK - 15 7 | iso.3.6.1.4.1.99999.4.0=15c iso.3.6.1.4.1.15.3.0=7 \n";

describe("what grows may differ, by check", () => {
  it.each<[check: string, one: string, other: string]>([
    ["check_mysql", MYSQL, MYSQL_LATER],
    [
      "check_mysql",
      "Lost connection at 'x', system error: 11\n",
      "Lost connection at 'x', system error: 115\n",
    ],
    ["check_nt", NT, "System Uptime - 2 day(s) 0 hour(s) 0 minute(s) |uptime=2880\n"],
    ["check_nsc_web", WEB, WEB.replace("31m", "3w 2d 03:12h").replace("1903s", "1999111s")],
    ["check_nrpe", WEB, WEB.replace("1903s", "1904s")],
    ["check_mssql_health", HEALTH, HEALTH.replace("86400;", "86402;")],
    ["check_snmp", SNMP, SNMP.replace("15 7", "16 7").replace("=15c", "=16c")],
  ])("%s: %s", (check, one, other) => {
    expect(isSameAnswer(said(one), said(other), check)).toBe(true);
    expect(isSameAnswer(said(one), said(other), "check_x")).toBe(false);
  });

  it.each<[what: string, check: string, one: string, other: string]>([
    ["a name in the status line", "check_mysql", MYSQL, MYSQL_LATER.replace("Opens", "Opened")],
    ["a name in the perfdata", "check_mysql", MYSQL, MYSQL_LATER.replace("Queries=", "Questions=")],
    ["a unit", "check_mysql", MYSQL, MYSQL_LATER.replace("679c;", "679;")],
    ["a word behind them", "check_mysql", MYSQL, MYSQL_LATER.replace("|", " Slave IO: No|")],
    ["another error", "check_mysql", "x, system error: 11", "x, system error: 110"],
    ["another text", "check_nt", NT, NT.replace("hour(s)", "hours")],
    ["a threshold", "check_nsc_web", WEB, WEB.replace("172800:", "172801:")],
    ["the time of a boot", "check_nsc_web", WEB, WEB.replace("06:47", "06:48")],
    ["the start of an instance", "check_mssql_health", HEALTH, HEALTH.replace("2024", "2025")],
    ["a threshold of an instance", "check_mssql_health", HEALTH, HEALTH.replace("900:", "901:")],
    ["a value that is no counter", "check_snmp", SNMP, SNMP.replace("15 7", "15 8").replace("=7", "=8")],
    ["a value that is not in the perfdata", "check_snmp", SNMP, SNMP.replace("15 7", "16 7")],
    ["the place of a counter", "check_snmp", SNMP, SNMP.replace("15 7", "7 15")],
    ["an object", "check_snmp", SNMP, SNMP.replace("4.0=", "5.0=")],
  ])("but not %s (%s)", (_, check, one, other) => {
    expect(isSameAnswer(said(one), said(other), check)).toBe(false);
  });

  it.each(["1", " ", "1.", "=1", "Uptime: 1  Threads: ", "uptime: 1", "1c;;;; a=", "|1=1c "])(
    "in many of %j, which are read once",
    (text) => {
      const long = said(text.repeat(100_000));
      for (const check of ["check_mysql", "check_nsc_web", "check_snmp", "check_nt"])
        expect(isSameAnswer(long, long, check)).toBe(true);
    },
  );
});
