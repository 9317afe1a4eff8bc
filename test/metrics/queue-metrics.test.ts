import { expect, it } from "vitest";
import { setQueueMetrics } from "../../src/metrics/queue-metrics.ts";
import { SeriesStore } from "../../src/metrics/series.ts";
import type { MetricKey } from "../../src/metrics/table.ts";
import type { QueueAnswer } from "../../src/worker/work-queues.ts";

const queue = (server: string, name: string, waiting: number, running: number) => ({
  server,
  queue: name,
  waiting,
  running,
  workers: 1,
});
const silent = (server: string): QueueAnswer => ({ kind: "silent", server, reason: "refused" });
const A: QueueAnswer = {
  kind: "told",
  server: "a:4730",
  queues: [queue("a:4730", "host", 3, 1), queue("a:4730", "service", 100, 50)],
};
const B: QueueAnswer = {
  kind: "told",
  server: "b:4730",
  queues: [queue("b:4730", "host", 0, 2), queue("b:4730", "hostgroup_db", 4, 8)],
};
const OWN = ["host", "hostgroup_db", "servicegroup_idle"];

function valuesOf(store: SeriesStore, key: MetricKey): readonly number[] {
  return store.samples(key).map(({ value }) => value);
}

it.each<[string, readonly QueueAnswer[], readonly number[], readonly number[]]>([
  ["all of the worker's queues at all job servers, and no others", [A, B], [7], [11]],
  ["the job servers that answer", [silent("a:4730"), B], [4], [10]],
  ["nothing while no job server answers", [silent("a:4730"), silent("b:4730")], [], []],
  ["0 while its queues are not known to a job server", [{ ...A, queues: [] }], [0], [0]],
])("the sum is of %s", (_, answers, waiting, running) => {
  const store = new SeriesStore();
  setQueueMetrics(store, [A, B], OWN);
  setQueueMetrics(store, answers, OWN);
  expect(valuesOf(store, "ownWaiting")).toEqual(waiting);
  expect(valuesOf(store, "ownRunning")).toEqual(running);
});

it("each queue of each job server that answers has a series", () => {
  const store = new SeriesStore();
  setQueueMetrics(store, [A, B], OWN);
  setQueueMetrics(store, [A, silent("b:4730")], OWN);
  expect(store.samples("queueWaiting").map(({ labels, value }) => ({ ...labels, value }))).toEqual([
    { server: "a:4730", queue: "host", value: 3 },
    { server: "a:4730", queue: "service", value: 100 },
  ]);
});
