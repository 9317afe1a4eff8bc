import { setTimeout as pause } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { MetricsRegistry } from "../../src/metrics/registry.ts";
import { SeriesStore } from "../../src/metrics/series.ts";

const readValue = (text: string, name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
const NAMES = ["min", "mean", "p50", "p90", "p99", "max"].map(
  (which) => `nodejs_eventloop_lag_${which}_seconds`,
);

it("the delay of the event loop is without the time between two looks", async () => {
  const registry = new MetricsRegistry(new SeriesStore());
  await registry.render();
  // The first look after a scrape only begins a time.
  await pause(250);
  const untilMs = performance.now() + 600;
  while (performance.now() < untilMs);
  await vi.waitFor(async () => {
    await pause(150);
    const late = readValue(await registry.render(), "nodejs_eventloop_lag_max_seconds");
    expect(late).toBeGreaterThan(0.3);
  });
  await vi.waitFor(async () => {
    await pause(250);
    const calm = readValue(await registry.render(), "nodejs_eventloop_lag_p50_seconds");
    expect(calm).toBeLessThan(0.05);
  });
});

it("a delay that was not looked at is 0", async () => {
  const registry = new MetricsRegistry(new SeriesStore());
  await registry.render();
  const text = await registry.render();
  for (const name of NAMES) expect(readValue(text, name), name).toBe(0);
});
