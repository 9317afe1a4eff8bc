import { describe, expect, it } from "vitest";
import { SeriesStore } from "../../src/metrics/series.ts";
import { setStateMetrics } from "../../src/metrics/state-metrics.ts";
import { METRICS, type MetricKey } from "../../src/metrics/table.ts";
import { STATUS } from "../page/scenes.ts";

describe("a histogram", () => {
  it("counts each value in its bucket and in all above, the bound itself included", () => {
    const store = new SeriesStore();
    const series = store.series("checkDuration", "check_tcp");
    for (const value of [0.01, 0.011, 0.5, 70]) series.observe(value);
    const samples = store.samples("checkDuration");
    expect(samples.map(({ suffix, labels, value }) => [suffix, labels["le"], value])).toEqual([
      ["_bucket", "0.01", 1],
      ["_bucket", "0.1", 2],
      ["_bucket", "1", 3],
      ["_bucket", "10", 3],
      ["_bucket", "60", 3],
      ["_bucket", "+Inf", 4],
      ["_sum", undefined, 70.521],
      ["_count", undefined, 4],
    ]);
    expect(samples.every(({ labels }) => labels["check"] === "check_tcp")).toBe(true);
  });
});

describe("a label", () => {
  const shown = (bytes: string) => {
    const store = new SeriesStore();
    store.set("queueWaiting", [bytes, bytes], 1);
    return store.samples("queueWaiting").map(({ labels }) => labels);
  };

  it.each([
    ["ASCII stays as it is", "service", "service"],
    ["UTF-8 is read", "hostgroup_M\xc3\xbcnchen", "hostgroup_München"],
    ["four bytes of UTF-8 are one character", "\xf0\x9f\x90\xa7", "🐧"],
    ["other bytes are shown, so that two names stay two", "hostgroup_M\xfcnchen", "hostgroup_M\\xfcnchen"],
  ])("of a queue is text: %s", (_, bytes, text) => {
    expect(shown(bytes)).toEqual([{ server: text, queue: text }]);
  });

  it.each(Object.entries(METRICS))("of %s is text, whichever it is", (key, { labels }) => {
    const store = new SeriesStore();
    store.series(key as MetricKey, ...labels.map(() => "\xc3\xa9"));
    for (const sample of store.samples(key as MetricKey))
      for (const label of labels) expect((sample.labels as Record<string, string>)[label]).toBe("é");
  });
});

describe("a counter", () => {
  it("has a series for each of its label values", () => {
    const store = new SeriesStore();
    store.series("tasksCompleted", "service", "exec").inc();
    store.series("tasksCompleted", "service", "exec").inc(2);
    store.series("tasksCompleted", "host", "exec").inc();
    expect(store.samples("tasksCompleted")).toEqual([
      { suffix: "", labels: { type: "service", exec: "exec" }, value: 3 },
      { suffix: "", labels: { type: "host", exec: "exec" }, value: 1 },
    ]);
    store.clear("tasksCompleted");
    expect(store.samples("tasksCompleted")).toEqual([]);
  });
});

it("the stage is told while there is one", () => {
  const store = new SeriesStore();
  const told = () => store.samples("stage").map(({ labels, value }) => [labels, value]);
  setStateMetrics(store, STATUS);
  expect(told()).toEqual([[{ stage: "prod" }, 1]]);
  const { stage: _, ...others } = STATUS;
  setStateMetrics(store, others);
  expect(told()).toEqual([]);
});
