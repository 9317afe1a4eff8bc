import { describe, expect, it } from "vitest";
import { renderLimits } from "../../../src/config/kinds/plugin-limits.ts";
import { queueRightsOf } from "../../../src/config/worker/queue-rights.ts";
import { loadMinimal, problemsOf, warningsOf } from "../../support/config/load-memory.ts";

const QUEUES = ["hosts=yes", "services=yes", "hostgroups=dmz,a:b"];
const read = (...argv: readonly string[]) => loadMinimal([...QUEUES, ...argv]);
const MIB = 1024 * 1024;

describe("the user of a queue", () => {
  it.each([
    ["one", ["queue_user=host:nobody"], [["host", "nobody"]]],
    [
      "several",
      ["queue-user=host:nobody, hostgroup_dmz : www-data,"],
      [
        ["host", "nobody"],
        ["hostgroup_dmz", "www-data"],
      ],
    ],
    ["of a group with a colon", ["queue_user=hostgroup_a:b:1000"], [["hostgroup_a:b", "1000"]]],
    ["of all others", ["queue_user=*:nobody"], [["*", "nobody"]]],
  ])("may be %s", (_, argv, expected) => {
    const loaded = read(...argv);
    expect(loaded.config.queueUser.map(({ queue, user }) => [queue, user])).toEqual(expected);
    expect(warningsOf(loaded)).toEqual([]);
  });

  it("that is named twice is the last one, with a warning", () => {
    const loaded = read("queue_user=host:a", "queue_user=host:b,host:b");
    expect(loaded.config.queueUser).toEqual([{ queue: "host", user: "b" }]);
    expect(warningsOf(loaded)).toEqual([
      "command line: warning: queue_user: 'host' is named twice, b counts and not a",
    ]);
  });

  it.each(["host", ":nobody", "host:", "host:-x", "host:a b", 'host:a"b'])("is refused: %s", (text) => {
    expect(problemsOf(() => read(`queue_user=${text}`))).toEqual([
      expect.stringContaining("is no user of a queue (write QUEUE:USER, such as hostgroup_dmz:nobody)"),
    ]);
  });

  it("is refused for a queue that the worker does not serve", () => {
    expect(problemsOf(() => read("queue_user=dmz:nobody"))).toEqual([
      "command line: queue_user: this worker serves no queue 'dmz' (its queues are 'host', 'service', 'hostgroup_dmz', 'hostgroup_a:b')",
    ]);
  });
});

describe("the limits of a queue's plugins", () => {
  it.each([
    ["hostgroup_dmz:cpu=30,nofile=64", "hostgroup_dmz", "cpu=30,nofile=64"],
    ["hostgroup_a:b: as = 512M , core=0", "hostgroup_a:b", "as=512M,core=0"],
    ["*:fsize=1048576,stack=8192K,data=3G", "*", "fsize=1M,stack=8M,data=3G"],
    ["host:as=16777217", "host", "as=16777217"],
  ])("are read: %s", (text, queue, limits) => {
    const loaded = read(`queue_limits=${text}`);
    expect(loaded.config.queueLimits.map((each) => [each.queue, renderLimits(each.limits)])).toEqual([
      [queue, limits],
    ]);
    expect(warningsOf(loaded)).toEqual([]);
  });

  it("add up over lines, and the last one of a name counts", () => {
    const loaded = read("queue_limits=host:cpu=1,as=32M", "queue_limits=host:cpu=2");
    expect(loaded.config.queueLimits).toEqual([
      {
        queue: "host",
        limits: [
          { name: "cpu", value: 2 },
          { name: "as", value: 32 * MIB },
        ],
      },
    ]);
    expect(warningsOf(loaded)).toEqual([
      "command line: warning: queue_limits: cpu of 'host' is written twice, the last one counts",
    ]);
  });

  it.each([
    ["cpu=30", "'cpu=30' names no queue"],
    ["host:", "'' is no limit"],
    ["host:cpu", "'cpu' is no limit"],
    ["host:cpu=1,,core=0", "'' is no limit"],
    [
      "host:cpus=1",
      "there is no limit 'cpus' (the limits are as, core, cpu, data, fsize, nofile, nproc, stack)",
    ],
    ["host:cpu=5M", "cpu is a number of seconds, without M (cpu=5)"],
    ["host:nofile=1K", "nofile is a number, without K (nofile=1)"],
    ["host:nofile=8", "'nofile=8': nofile is from 16 to"],
    ["host:as=1M", "'as=1M': as is from 16M to 1024T"],
    ["host:cpu=0", "'cpu=0': cpu is from 1 to"],
    ["host:cpu=-1", "'cpu=-1' is no limit"],
    ["host:cpu=1:2", "'2' is no limit"],
    ["host:as=9999999999999999T", "as is from 16M to"],
  ])("are refused: %s", (text, said) => {
    const problems = problemsOf(() => read(`queue_limits=${text}`));
    expect(problems?.[0]).toContain(said);
  });

  it("have nproc only with a user, whose processes it counts", () => {
    expect(problemsOf(() => read("queue_limits=host:nproc=5"))).toEqual([
      "command line: queue_limits: nproc of 'host' would count all processes of the worker's user (name a user: queue_user=host:USER)",
    ]);
    expect(warningsOf(read("queue_limits=host:nproc=5", "queue_user=host:nobody"))).toEqual([]);
    expect(warningsOf(read("queue_limits=host:nproc=5", "queue_user=*:nobody"))).toEqual([]);
  });
});

describe("what a queue may", () => {
  const { config } = read(
    "queue_user=*:nobody,host:www-data",
    "queue_limits=service:cpu=5",
    "native_checks_as_worker=service",
  );

  it.each([
    ["host", { user: "www-data", limits: [], hasNativeChecks: false }],
    ["service", { user: "nobody", limits: [{ name: "cpu", value: 5 }], hasNativeChecks: true }],
    ["hostgroup_dmz", { user: "nobody", limits: [], hasNativeChecks: false }],
  ])("is what is said of it, else of all others: %s", (queue, expected) => {
    expect(queueRightsOf(config, queue)).toEqual(expected);
  });

  it("is what the worker may if nothing is said of it", () => {
    expect(queueRightsOf(read("queue_user=host:nobody").config, "service")).toBeUndefined();
  });

  it("has its native checks if it has only limits", () => {
    expect(queueRightsOf(read("queue_limits=*:core=0").config, "host")?.hasNativeChecks).toBe(true);
  });

  it("has a warning where native checks are allowed that are so anyway", () => {
    expect(warningsOf(read("native_checks_as_worker=host"))).toEqual([
      "command line: warning: native_checks_as_worker: 'host' has no effect without queue_user for it",
    ]);
  });
});
