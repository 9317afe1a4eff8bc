import { describe, expect, it } from "vitest";
import { fperfdata, perfdata, readRange } from "../../sdk/index.ts";
import { sperfdata, sperfdataInt } from "../../sdk/perfdata.ts";

describe("perfdata is what real plugins print", () => {
  it.each<[plugin: string, ours: string, theirs: string]>([
    ["check_http", perfdata("size", 285, "B", { min: 0 }), "size=285B;;;0;"],
    ["check_ping", perfdata("pl", 0, "%", { warning: 20, critical: 60, min: 0 }), "pl=0%;20;60;0;"],
    [
      "check_fping",
      perfdata("loss", 0, "%", { warning: 20, critical: 60, min: 0, max: 100 }),
      "loss=0%;20;60;0;100",
    ],
    [
      "check_tcp",
      fperfdata("time", 0.001946, "s", { min: 0, max: 10 }),
      "time=0.001946s;;;0.000000;10.000000",
    ],
    [
      "check_ping",
      fperfdata("rta", 0.039, "ms", { warning: 100, critical: 500, min: 0 }),
      "rta=0.039000ms;100.000000;500.000000;0.000000",
    ],
    ["check_mysql_query", fperfdata("result", 42, "", { warning: 10 }), "result=42.000000;10.000000;;"],
    ["check_procs", perfdata("procs", 0, "", { warning: 5, critical: 10, min: 0 }), "procs=0;5;10;0;"],
    [
      "check_users",
      sperfdataInt("users", 0, "", { warning: "20", critical: "50", min: 0 }),
      "users=0;20;50;0",
    ],
  ])("%s: %s", (_, ours, theirs) => {
    expect(ours).toBe(theirs);
  });
});

describe("thresholds are printed as the operator wrote them", () => {
  it.each<[ours: string, text: string]>([
    [perfdata("a", 1, "", { warning: readRange("5:"), critical: readRange("@1:2.50") }), "a=1;5:;@1:2.50;;"],
    [perfdata("a", 1, "", { warning: "~:5", critical: 7n }), "a=1;~:5;7;;"],
    [fperfdata("a", 1, "s", { warning: readRange("5:10"), critical: 7 }), "a=1.000000s;5:10;7.000000;"],
    [
      fperfdata("a", 1, "s", { warning: readRange("5 |x"), critical: readRange("~:2;") }),
      "a=1.000000s;5;~:2;",
    ],
    [perfdata("a", 1, "", { warning: readRange("@-3:4 x"), critical: readRange("~:;") }), "a=1;@-3:4;~:0;;"],
  ])("%s", (ours, text) => {
    expect(ours).toBe(text);
  });
});

describe("perfdata", () => {
  it.each<[ours: string, text: string]>([
    [perfdata("a", 1, ""), "a=1;;;;"],
    [perfdata("a", 18446744073709551615n, "c", { max: 9007199254740993n }), "a=-1c;;;;9007199254740993"],
    [perfdata("a b", 1.9, "", { warning: -1 }), "'a b'=1;-1;;;"],
    [fperfdata("a", -0, ""), "a=-0.000000;;;"],
    [fperfdata("a", 1, "", { max: 2 }), "a=1.000000;;;;2.000000"],
    [fperfdata("a=b", 1, "s", { critical: 0.5 }), "'a=b'=1.000000s;;0.500000;"],
    [sperfdata("it's", 1, "s", { warning: "10:20", critical: "@~:5" }), "'it's'=1.000000s;10:20;@~:5;"],
    [sperfdata("a", 1, "", { warning: "", min: 0, max: 1.5 }), "a=1.000000;;;0.000000;1.500000"],
    [sperfdataInt("a", 1, "", { min: 0, max: 100 }), "a=1;;;0;100"],
  ])("%s", (ours, text) => {
    expect(ours).toBe(text);
  });
});
