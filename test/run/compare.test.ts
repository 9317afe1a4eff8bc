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
    expect(isSameAnswer(said(one), said(other))).toBe(true);
  });

  it.each(["1", " ", "1.", "A"])("in a million of %j, which are read once", (text) => {
    const long = said(text.repeat(1_000_000));
    expect(isSameAnswer(long, long)).toBe(true);
  });

  it("and if both timed out", () => {
    const late: Outcome = { kind: "timed-out", after: 60, stdout: "", stderr: "" };
    expect(isSameAnswer(late, { ...late, stdout: "half" })).toBe(true);
    expect(isSameAnswer(late, said(""))).toBe(false);
    expect(isSameAnswer(said(""), late)).toBe(false);
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
    expect(isSameAnswer(one, other)).toBe(false);
  });
});
