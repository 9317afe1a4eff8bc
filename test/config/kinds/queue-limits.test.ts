import { describe, expect, it } from "vitest";
import { loadFile, loadMinimal, problemsOf, warningsOf } from "../../support/config/load-memory.ts";

const QUEUES = ["hosts=yes", "services=yes", "hostgroups=slow,a:b"];
const read = (...argv: readonly string[]) => loadMinimal([...QUEUES, ...argv]);

describe("the limits of queues", () => {
  it.each([
    ["one", ["queue_max_worker=service:7"], [["service", 7]]],
    [
      "several",
      ["queue-max-worker=host:2, hostgroup_slow:10,"],
      [
        ["host", 2],
        ["hostgroup_slow", 10],
      ],
    ],
    [
      "of several lines",
      ["queue_max_worker=host:2", "queue_max_worker=service:3"],
      [
        ["host", 2],
        ["service", 3],
      ],
    ],
    ["of a group with a colon", ["queue_max_worker=hostgroup_a:b:4"], [["hostgroup_a:b", 4]]],
    ["none", ["queue_max_worker="], []],
  ])("may be %s", (_, argv, expected) => {
    const loaded = read(...argv);
    expect(loaded.config.queueMaxWorker.map(({ queue, most }) => [queue, most])).toEqual(expected);
    expect(warningsOf(loaded)).toEqual([]);
  });

  it("of a queue that is named twice is the last one, with a warning", () => {
    const loaded = read("queue_max_worker=host:2", "queue_max_worker=host:3,host:3");
    expect(loaded.config.queueMaxWorker).toEqual([{ queue: "host", most: 3 }]);
    expect(warningsOf(loaded)).toEqual([
      "command line: warning: queue_max_worker: 'host' is named twice, 3 counts and not 2",
    ]);
  });

  it.each([
    ["service", "'service' is no limit of a queue (write QUEUE:NUMBER, such as hostgroup_slow:10)"],
    [":3", "':3' is no limit of a queue (write QUEUE:NUMBER, such as hostgroup_slow:10)"],
    ["host:many", "'host:many' is no limit of a queue (write QUEUE:NUMBER, such as hostgroup_slow:10)"],
    [
      "host:0",
      "'host:0': a limit is from 1 to 1000000 (to serve no jobs of a queue, do not name it as one to serve)",
    ],
  ])("are refused: %s", (text, said) => {
    expect(problemsOf(() => read(`queue_max_worker=${text}`))).toEqual([
      `command line: queue_max_worker: ${said}`,
    ]);
  });

  it("are refused for a queue that the worker does not serve, with a list of those it serves", () => {
    expect(
      problemsOf(() => loadFile("hosts=yes\nhostgroups=slow\nqueue_max_worker=host:1,slow:3\n")),
    ).toEqual([
      "/w.conf:3: queue_max_worker: this worker serves no queue 'slow' (its queues are 'host', 'hostgroup_slow')",
    ]);
  });
});
