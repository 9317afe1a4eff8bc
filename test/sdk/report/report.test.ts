import { describe, expect, it } from "vitest";
import {
  CRITICAL,
  NOT_YET,
  OK,
  type Report,
  readRange,
  report,
  UNKNOWN,
  WARNING,
} from "../../../sdk/index.ts";

const warning = readRange("5");
const critical = readRange("15");

function of({ returnCode, output }: Report) {
  return [returnCode, output];
}

describe("a report", () => {
  it.each<[Report, state: number, output: string]>([
    [report("DOOR").value("open", 0), 0, "DOOR OK - open 0|open=0\n"],
    [
      report("DOOR").value("open", 7, { unit: "min", warning, critical, min: 0, text: "open for 7 minutes" }),
      1,
      "DOOR WARNING - open for 7 minutes|open=420s;300;900;0\n",
    ],
    [report().value("a", 20, { warning, critical }), 2, "CRITICAL - a 20|a=20;5;15\n"],
    [
      report("R").value("in", 3, { unit: "%", warning, max: 100 }).value("out", 9, { unit: "%", warning }),
      1,
      "R WARNING - out 9%, in 3%|in=3%;5;;;100 out=9%;5\n",
    ],
    [
      report("R").value("a", 1, { text: false }).value("b", 2, { text: "both fine" }),
      0,
      "R OK - both fine|a=1 b=2\n",
    ],
    [report("R").value("a", 9, { text: false, warning }), 1, "R WARNING - a 9|a=9;5\n"],
    [report("R").value("a", 1, { text: false }), 0, "R OK|a=1\n"],
    [report("R").value("a", NOT_YET), 0, "R OK - a is not known yet\n"],
    [report("R").value("a", NOT_YET, { text: false }).value("b", 1), 0, "R OK - b 1|b=1\n"],
    [report("R").value("a", undefined), 3, "R UNKNOWN - a is no number\n"],
    [
      report("R").value("a", Number.NaN).value("b", 9, { warning }),
      1,
      "R WARNING - b 9, a is no number|b=9;5\n",
    ],
    [report("R").value("a", Number.POSITIVE_INFINITY), 3, "R UNKNOWN - a is no number\n"],
    [report("R"), 3, "R UNKNOWN - nothing was checked\n"],
    [report("R").state(CRITICAL, "broken").value("a", 1), 2, "R CRITICAL - broken, a 1|a=1\n"],
    [report("R").state(OK, "a").state(UNKNOWN, "b").state(WARNING, "c"), 1, "R WARNING - c, b, a\n"],
    [report("R").state(OK, "a|b\nc").line("d|e").line("f"), 0, "R OK - a/b c\nd/e\nf\n"],
  ])("%#", (made, state, output) => {
    expect(of(made)).toEqual([state, output]);
  });

  it("says that a text is no number, as an interface may give it", () => {
    expect(of(report("R").value("a", "7" as unknown as number))).toEqual([3, "R UNKNOWN - a is no number\n"]);
  });

  it("may be made in a loop", () => {
    const made = report("DISK");
    for (const [name, used] of [
      ["/", 3],
      ["/var", 7],
    ] as const)
      made.value(name, used, { unit: "%", warning });
    expect(made.output).toBe("DISK WARNING - /var 7%, / 3%|/=3%;5 /var=7%;5\n");
  });
});

describe("a threshold that is no range", () => {
  it.each([
    ["a text", { warning: "10" }, 'warning of load is no range, but "10": readRange makes one of a text'],
    ["a number", { critical: 10 }, "critical of load is no range, but 10: readRange makes one of a text"],
  ])("such as %s is a fault of the check, as every number would be OK", (_, options, text) => {
    expect(() => report().value("load", 99, options as never)).toThrow(text);
  });

  it("may be absent", () => {
    expect(report().value("a", 1, { warning: undefined, critical: undefined }).returnCode).toBe(0);
  });
});

describe("perfdata of a report", () => {
  it.each<[Report, perfdata: string]>([
    [
      report().value("a", 1.5, { unit: "h", critical: readRange("~:2"), warning: readRange("@1:2") }),
      "a=5400s;@3600:7200;~:7200",
    ],
    [report().value("a", 2, { unit: "GiB", warning: readRange("1:") }), "a=2147483648B;1073741824:"],
    [report().value("a", 7.1, { unit: "min" }), "a=426s"],
    [report().value("a", 7, { unit: "KB/s", warning }), "a=7;5"],
    [report().value("a", 7, { unit: "KB" }), "a=7KB"],
    [report().value("a", 1e-7), "a=0.0000001"],
    [report().value("a", 2 / 3), "a=0.6666666667"],
    [report().value("a", 1e21), "a=1000000000000000000000"],
    [report().value("a", 2n ** 64n, { unit: "c" }), "a=18446744073709551616c"],
    [report().value("it's a=b|c", 1), "'it''s a_b_c'=1"],
    [report().value("a", -0.25, { min: -1, max: 1 }), "a=-0.25;;;-1;1"],
    [report().value("a", 7, { unit: "s", warning: readRange("5.0:10") }), "a=7s;5.0:10"],
  ])("%#", ({ output }, perfdata) => {
    expect(output.trimEnd().split("|")[1]).toBe(perfdata);
  });
});
