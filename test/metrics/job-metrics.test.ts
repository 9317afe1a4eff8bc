import { describe, expect, it } from "vitest";
import { decodeJob, JobError } from "../../src/job/decode.ts";
import { JobMetrics } from "../../src/metrics/job-metrics.ts";
import { SeriesStore } from "../../src/metrics/series.ts";
import type { MetricKey } from "../../src/metrics/table.ts";
import type { Outcome } from "../../src/outcome/outcome.ts";
import { PayloadError } from "../../src/payload/payload-error.ts";
import type { JobRun } from "../../src/run/run.ts";
import { checkName } from "../../src/worker/check-name.ts";
import type { PerformedJob } from "../../src/worker/worker-events.ts";

const OUTPUT = { stdout: "", stderr: "" };

function count() {
  const store = new SeriesStore();
  const { listener } = new JobMetrics(store);
  const ran = (
    outcome: Outcome,
    {
      via = "plugin",
      text = "",
      queue = "service",
    }: { via?: JobRun["via"]; text?: string; queue?: string } = {},
  ) => {
    const job = decodeJob(
      `type=service\ncore_time=100\nhost_name=h\nservice_description=s\ncommand_line=/p/check_tcp -H a\n${text}`,
    );
    const run = { outcome, via, why: "", startTime: 101, finishTime: 103 };
    listener.ran?.({ job, ran: run, queue } as PerformedJob);
  };
  const of = (key: MetricKey) =>
    Object.fromEntries(
      store
        .samples(key)
        .filter(({ suffix, value }) => value !== 0 && ["", "_count", "_sum"].includes(suffix))
        .map(({ suffix, labels, value }) => [`${Object.values(labels).join(" ")}${suffix}`, value]),
    );
  return { store, listener, ran, of };
}

describe("a job that had its turn", () => {
  it("is counted by queue, type and way, in the Go worker's words too", () => {
    const { ran, of } = count();
    ran({ kind: "exited", returnCode: 0, ...OUTPUT });
    ran({ kind: "exited", returnCode: 1, ...OUTPUT }, { via: "native" });
    ran({ kind: "exited", returnCode: 0, ...OUTPUT }, { via: "warm", queue: "hostgroup_a" });
    ran({ kind: "exited", returnCode: 2, ...OUTPUT }, { via: "shell" });
    expect(of("jobsRan")).toEqual({
      "service service plugin": 1,
      "service service native": 1,
      "hostgroup_a service warm": 1,
      "service service shell": 1,
    });
    expect(of("tasksCompleted")).toEqual({
      "service exec": 1,
      "service internal": 1,
      "service epn": 1,
      "service shell": 1,
    });
    expect(of("tasksErrors")).toMatchObject({ "service internal": 1, "service shell": 1 });
    expect(of("jobLatency")).toMatchObject({ service_count: 3, service_sum: 3, hostgroup_a_count: 1 });
    expect(of("jobDuration")).toMatchObject({ "service plugin_sum": 2, "service native_count": 1 });
    expect(of("checkDuration")).toEqual({ check_tcp_count: 4, check_tcp_sum: 8 });
  });

  it.each<[outcome: Outcome, via: JobRun["via"], key: MetricKey, label: string]>([
    [{ kind: "timed-out", after: 2, ...OUTPUT }, "plugin", "jobsTimedOut", "service"],
    [{ kind: "refused", refusal: { rule: "nul-byte" } }, "refuse", "jobsRefused", "nul-byte"],
    [{ kind: "too-old", age: 9 }, undefined, "jobsRejected", "too-old"],
  ])("with the outcome %j is counted as such", (outcome, via, key, label) => {
    const { ran, of } = count();
    ran(outcome, { via });
    expect(of(key)).toEqual({ [label]: 1 });
    expect(Object.values(of("tasksErrors"))).toEqual([1]);
  });

  it("makes a bounded number of series, whatever it names", () => {
    const { ran, of, store } = count();
    const exited: Outcome = { kind: "exited", returnCode: 0, ...OUTPUT };
    for (let i = 0; i < 10_000; i += 1)
      ran(exited, { text: `type=odd${i}\nhost_name=h${i}\ncommand_line=/p/check_${i} -H h${i}\n` });
    expect(Object.keys(of("checkDuration")).length).toBeLessThanOrEqual(2 * 101);
    expect(of("checkDuration")["other_count"]).toBe(9_900);
    expect(Object.keys(of("jobsRan"))).toEqual(["service other plugin"]);
    expect(JSON.stringify(store.samples("checkDuration"))).not.toContain("-H");
  });

  it("makes a bounded number of series for plugins that are missing, too", () => {
    const { ran, store } = count();
    for (let i = 0; i < 10_000; i += 1)
      ran({ kind: "exited", returnCode: 127, ...OUTPUT }, { text: `command_line=/p/check_${i}\n` });
    expect(store.samples("pluginsMissing").length).toBe(101);
  });
});

it("what could not be read is counted by what was wrong, and a decline by the check", () => {
  const { listener, of } = count();
  const grabbed = {} as never;
  listener.unreadable?.(grabbed, new PayloadError("wrong-key", ""));
  listener.unreadable?.(grabbed, new JobError("no-command"));
  listener.unreadable?.(grabbed, new Error("else"));
  listener.declined?.("check_http", "whatever");
  listener.connected?.("gm:4730");
  listener.lost?.("gm:4730");
  expect(of("jobsRejected")).toEqual({ "wrong-key": 1, "no-command": 1, other: 1 });
  expect(of("nativeDeclined")).toEqual({ check_http: 1 });
  expect([of("serverConnects"), of("serverLost")]).toEqual([{ "gm:4730": 1 }, { "gm:4730": 1 }]);
});

it("reasons that are known are there before they come, so that an increase of the first is seen", () => {
  const { store, listener, ran } = count();
  const zeros = (key: MetricKey) =>
    store.samples(key).flatMap(({ labels, value }) => (value === 0 ? Object.values(labels) : []));
  expect(zeros("jobsRejected")).toEqual(
    expect.arrayContaining(["wrong-key", "no-command", "too-old", "other"]),
  );
  expect(zeros("jobsRefused")).toEqual(expect.arrayContaining(["outside-restrict-path", "no-plugin"]));
  listener.connected?.("gm:4730");
  ran({ kind: "exited", returnCode: 0, ...OUTPUT });
  expect(zeros("serverLost")).toEqual(["gm:4730"]);
  expect(zeros("jobsTimedOut")).toEqual(["service"]);
});

it.each([
  [127, "check_tcp not-found"],
  [126, "check_tcp not-executable"],
])("a command that ends with %i is counted as %s", (returnCode, label) => {
  const { ran, of } = count();
  ran({ kind: "exited", returnCode, ...OUTPUT });
  ran({ kind: "exited", returnCode: 3, ...OUTPUT });
  expect(of("pluginsMissing")).toEqual({ [label]: 1 });
});

it.each([
  ["/usr/lib/nagios/plugins/check_tcp -H a", "check_tcp"],
  ["check_dummy", "check_dummy"],
  ["PGPASSWORD=secret /p/check_pgsql", "other"],
  ["A=/x/secret /p/check", "other"],
  ['"/p/check a"', "check"],
  ["'check' -a", "other"],
  ["/p/", "other"],
  ["", "other"],
  [`/p/${"x".repeat(100)}`, "other"],
])("the check of %j is %s", (line, name) => {
  expect(checkName(line)).toBe(name);
});
