import { describe, expect, it } from "vitest";
import { decodeJob } from "../../src/job/decode.ts";
import type { Outcome } from "../../src/outcome/outcome.ts";
import { History, POINTS } from "../../src/page/counts/history.ts";
import { Observer } from "../../src/page/counts/observer.ts";
import { OTHER, Recent } from "../../src/page/counts/recent.ts";
import { Spread } from "../../src/page/counts/spread.ts";
import type { TroubleKind } from "../../src/page/counts/troubles.ts";
import { PayloadError } from "../../src/payload/payload-error.ts";
import type { JobRun } from "../../src/run/run.ts";
import type { PerformedJob } from "../../src/worker/worker-events.ts";

const OUTPUT = { stdout: "", stderr: "" };

interface Run {
  readonly outcome?: Outcome;
  readonly via?: JobRun["via"];
  readonly why?: string;
  readonly command?: string;
  readonly seconds?: number;
  readonly host?: string;
}

function observe() {
  const observer = new Observer();
  const ran = ({ outcome, via, why = "", command = "/p/check_a -H x", seconds = 1, host }: Run) => {
    const job = decodeJob(
      `type=service\ncore_time=100\nhost_name=${host ?? "h"}\nservice_description=s\ncommand_line=${command}\n`,
    );
    const run = {
      outcome: outcome ?? { kind: "exited", returnCode: 0, ...OUTPUT },
      via,
      why,
      startTime: 101,
      finishTime: 101 + seconds,
    };
    observer.listener.ran?.({ job, ran: run, queue: "service" } as PerformedJob);
  };
  return { observer, ran };
}

describe("the spread of values", () => {
  it.each([0.0002, 0.013, 0.4, 3, 59, 600])("knows a quantile to about a tenth: %f", (value) => {
    const spread = new Spread();
    for (let at = 0; at < 90; at += 1) spread.add(value);
    for (let at = 0; at < 10; at += 1) spread.add(value * 10);
    expect(Math.abs(spread.quantile(0.5) / value - 1)).toBeLessThan(0.1);
    expect(Math.abs(spread.quantile(0.95) / (value * 10) - 1)).toBeLessThan(0.1);
  });

  it("takes what no clock should tell, and knows nothing of nothing", () => {
    const spread = new Spread();
    expect(spread.quantile(0.5)).toBeNaN();
    for (const value of [-5, 0, Number.NaN, 1e9]) spread.add(value);
    expect(spread.quantile(0.5)).toBeLessThan(0.001);
    spread.clear();
    expect(spread.quantile(0.5)).toBeNaN();
  });
});

describe("the history", () => {
  it("has a point for each ten seconds, and those of an hour", () => {
    const history = new History();
    expect(history.points()).toEqual([]);
    history.job();
    history.started(0.2);
    history.ran(3, true);
    history.close(7);
    expect(history.points()).toMatchObject([{ rate: 1, timedOut: 1, inFlight: 7 }]);
    history.close(0);
    expect(history.points(1)).toMatchObject([{ rate: 0, timedOut: 0, latencyP50: null, durationP95: null }]);
    for (let at = 0; at < 1000; at += 1) history.close(at);
    const points = history.points();
    expect(points).toHaveLength(POINTS);
    expect(points.map(({ inFlight }) => inFlight)).toEqual(
      Array.from({ length: POINTS }, (_, at) => 1000 - POINTS + at),
    );
    expect(history.points(history.closed)).toEqual([]);
  });
});

it("counts by name are bounded, and what is long ago is forgotten", () => {
  const recent = new Recent(2, () => ({ runs: 0 }));
  for (const name of ["a", "b", "c", "d", "a", OTHER]) recent.of(name).runs += 1;
  expect(recent.entries).toEqual([
    ["a", [{ runs: 2 }]],
    ["b", [{ runs: 1 }]],
    [OTHER, [{ runs: 3 }]],
  ]);
  recent.turn();
  recent.of("a").runs += 1;
  expect(recent.entries.find(([name]) => name === "a")).toEqual(["a", [{ runs: 1 }, { runs: 2 }]]);
  recent.turn();
  recent.turn();
  expect(recent.entries).toEqual([]);
});

describe("of the jobs that are over the page tells", () => {
  it("which checks are slow, and which fail", () => {
    const { observer, ran } = observe();
    ran({ seconds: 1 });
    ran({ seconds: 3, outcome: { kind: "timed-out", after: 3, ...OUTPUT } });
    ran({ command: "/p/check_b", seconds: 0.5, outcome: { kind: "exited", returnCode: 2, ...OUTPUT } });
    ran({ command: "/p/check_b", seconds: 0.5, outcome: { kind: "signalled", signal: 9, ...OUTPUT } });
    ran({ command: "/p/check_c", seconds: 0.1 });
    const { checks, history, slowest } = observer;
    expect(checks.slowest.map(({ name }) => name)).toEqual(["check_a", "check_b", "check_c"]);
    expect(checks.mostFailing).toMatchObject([
      { name: "check_b", runs: 2, notOk: 2, timedOut: 0 },
      { name: "check_a", runs: 2, notOk: 1, timedOut: 1, mean: 2, longest: 3 },
    ]);
    expect(slowest.told[0]).toMatchObject({ hostName: "h", seconds: 3, isTimedOut: true });
    expect(history.look(0)).toMatchObject({ rate: 5, timedOut: 1 });
  });

  it("that some could not be read, and that the worker was late", () => {
    const { listener, troubles } = new Observer();
    const job = { handle: "H:1" } as Parameters<NonNullable<typeof listener.unreadable>>[0];
    listener.unreadable?.(job, new PayloadError("wrong-key", "another key"));
    listener.unreadable?.(job, new Error("no type"));
    listener.late?.({ seconds: 2.5, cpuSeconds: 2, culprit: "check_a", underWay: ["check_a"] });
    listener.late?.({ seconds: 1.2, cpuSeconds: 0, culprit: undefined, underWay: [] });
    expect(["other-key", "unreadable", "late"].map((kind) => troubles.of(kind as TroubleKind).count)).toEqual(
      [1, 1, 2],
    );
    expect(troubles.of("late").last).toContain("1.2 s because of one of those under way (none)");
  });

  it("which way they went and why, without the words of a refusal", () => {
    const { observer, ran } = observe();
    ran({ via: "native", why: "same plugin" });
    ran({ via: "native", why: "same plugin" });
    ran({ via: "plugin", why: "native_checks is off" });
    ran({ via: "refuse", why: "secret words", outcome: { kind: "refused", refusal: { rule: "nul-byte" } } });
    ran({ why: "", outcome: { kind: "too-old", age: 9 } });
    expect(observer.routes.told).toEqual([
      { via: "native", why: "same plugin", runs: 2 },
      { via: "plugin", why: "native_checks is off", runs: 1 },
      { via: "refuse", why: "nul-byte", runs: 1 },
      { via: "none", why: "", runs: 1 },
    ]);
    expect(observer.checks.slowest).toMatchObject([{ runs: 3 }]);
    expect(observer.troubles.of("refused")).toEqual({ count: 1, last: "nul-byte" });
  });

  it("a dry run of an event handler as no trouble", () => {
    const { observer, ran } = observe();
    ran({ via: "refuse", outcome: { kind: "refused", refusal: { rule: "handler-dry-run", handler: "h" } } });
    expect(observer.troubles.of("refused").count).toBe(0);
    expect(observer.troubles.of("ran").count).toBe(1);
  });

  it("why in text, also where a reason repeats bytes of a command line", () => {
    const { observer, ran } = observe();
    ran({ via: "plugin", why: "option --gr\xc3\xb6\xc3\x9fe is not understood" });
    expect(observer.routes.told).toMatchObject([{ why: "option --größe is not understood" }]);
  });

  it("not more, whatever jobs name", () => {
    const { observer, ran } = observe();
    for (let at = 0; at < 10_000; at += 1)
      ran({
        via: "plugin",
        command: `/p/check_${at}`,
        why: `because of ${at}`,
        seconds: at,
        host: `host${at}`,
      });
    const { checks, routes, slowest } = observer;
    expect(checks.slowest).toHaveLength(10);
    expect(checks.slowest.find(({ name }) => name === OTHER)?.runs).toBe(9_800);
    expect(routes.told).toHaveLength(40);
    expect(routes.told[0]).toEqual({ via: "plugin", why: "other reasons", runs: 9_950 });
    expect(slowest.told.map(({ seconds }) => seconds)).toEqual(
      Array.from({ length: 10 }, (_, at) => 9_999 - at),
    );
  });
});
